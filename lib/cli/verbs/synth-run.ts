import { relative } from "node:path";
import { readProject, stageOf } from "../../synth/project.ts";
import { assemblyFor, startTemplateCheck } from "../assembly-for.ts";
import { EXIT } from "../exit-codes.ts";
import type { VerbContext, VerbResult } from "../verb.ts";

/** Runs the app and summarizes the result. */
export async function runSynth(options: Readonly<Record<string, unknown>>, context: VerbContext): Promise<VerbResult> {
  const startedMs = performance.now();
  const project = readProject(context.folder, context.env);
  const stage = stageOf(project, String(options["stage"]));
  const assembly = await assemblyFor(project, stage, options, context);
  if (options["validate"] === true) await (await startTemplateCheck(project, stage, options, context))();
  const durationMs = Math.round(performance.now() - startedMs);
  const stacks = assembly.stacks.map(({ stackName, displayName, templatePath, assets }) => ({
    stackName,
    displayName,
    template: relative(context.folder, templatePath),
    assets: assets.length,
  }));
  return {
    exitCode: EXIT.done,
    document: { assembly: assembly.folder, stage: stage.name, durationMs, stacks },
    lines: [
      `Synthesised ${stacks.length === 1 ? "1 stack" : `${stacks.length} stacks`} for the stage ${stage.name} in ${(durationMs / 1000).toFixed(2)} s:`,
      ...stacks.map(({ displayName, template, assets }) => `  ${displayName}  ${template}  (${assets} assets)`),
    ],
  };
}

import type { SynthesiseOptions } from "../synth/run-app.ts";
import { resolve } from "node:path";
import type { Assembly } from "../assembly/assembly.ts";
import { readAssembly } from "../assembly/read-assembly.ts";
import { synthesise } from "../synth/synthesise.ts";
import { validateTemplates, validationIsStrict } from "../synth/validate-templates.ts";
import type { Project, StageSettings } from "../synth/project.ts";
import { toRecord } from "./flags.ts";
import type { VerbContext } from "./verb.ts";

/** The assembly that `--app` names, or the one that running the app gives. */
export async function assemblyFor(
  project: Project,
  stage: StageSettings,
  options: Readonly<Record<string, unknown>>,
  context: VerbContext,
): Promise<Assembly> {
  if (typeof options["app"] === "string") return readAssembly(resolve(context.folder, options["app"]));
  const synthesis = synthesisOf(project, stage, options, context);
  await synthesise(synthesis);
  return readAssembly(synthesis.output);
}

/**
 * Has aws-cdk-lib check the templates that were just synthesised, beside other work; where the app is strict about
 * errors, before it. Returns what waits for the end.
 */
export async function startTemplateCheck(
  project: Project,
  stage: StageSettings,
  options: Readonly<Record<string, unknown>>,
  context: VerbContext,
): Promise<() => Promise<void>> {
  if (typeof options["app"] === "string") return () => Promise.resolve();
  const synthesis = synthesisOf(project, stage, options, context);
  const check = validateTemplates(synthesis);
  if (validationIsStrict(synthesis)) await check;
  const ended = check.then(
    () => undefined,
    (error: Error) =>
      context.host.notify({
        code: "TemplateCheckFailed",
        level: "debug",
        text: `The templates could not be checked: ${error.message}`,
      }),
  );
  return () => ended;
}

function synthesisOf(
  project: Project,
  stage: StageSettings,
  options: Readonly<Record<string, unknown>>,
  { folder, host, signal }: VerbContext,
): SynthesiseOptions {
  const output = typeof options["output"] === "string" ? resolve(folder, options["output"]) : project.output;
  return { project, stage, output, context: toRecord(options["context"]), host, signal };
}

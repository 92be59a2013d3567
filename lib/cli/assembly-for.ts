import { resolve } from "node:path";
import type { Assembly } from "../assembly/assembly.ts";
import { readAssembly } from "../assembly/read-assembly.ts";
import { synthesise } from "../synth/synthesise.ts";
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
  const output = typeof options["output"] === "string" ? resolve(context.folder, options["output"]) : project.output;
  await synthesise({
    project,
    stage,
    output,
    context: toRecord(options["context"]),
    host: context.host,
    signal: context.signal,
  });
  return readAssembly(output);
}

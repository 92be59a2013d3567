import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CloudAssembly } from "aws-cdk-lib/cx-api";
import type { IConstruct } from "constructs";
import type { Assembly } from "../assembly/assembly.ts";
import { readAssembly } from "../assembly/read-assembly.ts";
import { UserError } from "../errors.ts";
import { SILENT_HOST } from "../io/message.ts";
import { readProject, stageOf } from "../synth/project.ts";
import { synthesise } from "../synth/synthesise.ts";

/** An app, synthesised for a test. */
export interface SynthesisedApp {
  readonly assembly: Assembly;
  /** Removes what was written for it. */
  readonly dispose: () => void;
}

/**
 * Synthesises the app that a construct is in, in this process. Throws a `UserError` where the construct's root is not a
 * CDK app, and what the app throws.
 */
export function synthesiseConstruct(construct: IConstruct): SynthesisedApp {
  const { root } = construct.node;
  if (!isStage(root)) {
    throw new UserError("NotAnApp", `The root of ${construct.node.path} is not a CDK app, so it cannot be deployed`, {
      fix: 'Give the stack an app as its scope: new MyStack(new App(), "MyStack").',
    });
  }
  return { assembly: readAssembly(root.synth({ force: true }).directory), dispose: () => undefined };
}

/**
 * Synthesises the project of a folder for a stage, as `tidegate synth` does, into a folder of the test's own. Throws a
 * `UserError` where there is no `cdk.json` in the folder or above it, or where the app fails.
 */
export async function synthesiseProject(folder: string, stageName: string): Promise<SynthesisedApp> {
  const project = readProject(folder, process.env);
  const stage = stageOf(project, stageName);
  const parent = mkdtempSync(join(tmpdir(), "tidegate-synth-"));
  const output = join(parent, "cdk.out");
  const dispose = () => rmSync(parent, { recursive: true, force: true });
  try {
    const { signal } = new AbortController();
    await synthesise({ project, stage, output, context: {}, host: SILENT_HOST, signal });
    return { assembly: readAssembly(output), dispose };
  } catch (error) {
    dispose();
    throw error;
  }
}

interface StageLike {
  synth(options: { readonly force: boolean }): CloudAssembly;
}

function isStage(root: object): root is StageLike {
  return "synth" in root && typeof root.synth === "function";
}

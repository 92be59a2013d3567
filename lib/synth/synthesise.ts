import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { readAssembly, readLinks } from "../assembly/read-assembly.ts";
import type { Assembly } from "../assembly/assembly.ts";
import { UserError } from "../errors.ts";
import { recoverFolder, replaceFolder, stagingName } from "./replace-folder.ts";
import { runApp, type SynthesiseOptions } from "./run-app.ts";
import { checkTemplateLimits } from "./template-limits.ts";
import { writeLinkTypes } from "./write-link-types.ts";

/**
 * Runs the app and puts its cloud assembly into `output`, which always holds either the old assembly or the new one and
 * never a mixture. The types of the app's links go into `tidegate-env.d.ts`. Any CDK app will do. Throws a `UserError` if
 * the app fails, if it needs lookups, or if a template exceeds CloudFormation's size limit.
 */
export async function synthesise(options: SynthesiseOptions): Promise<void> {
  const { project, output, host } = options;
  recoverFolder(output);
  const staging = stagingName(output);
  mkdirSync(staging, { recursive: true });
  try {
    // aws-cdk-lib would check every template on every run; `validateTemplates` has it check those that changed.
    await runApp(options, staging, { CDK_VALIDATION: "false" });
    refuseNoAssembly(project.app, staging);
    const assembly = readAssembly(staging);
    checkMissingContext(assembly);
    checkTemplateLimits(assembly, host);
    replaceFolder(staging, output);
    writeLinkTypes(readLinks(output), project.folder);
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
  host.notify({ code: "Synthesised", level: "debug", text: `${project.app} wrote ${output}` });
}

function refuseNoAssembly(app: string, folder: string): void {
  if (existsSync(join(folder, "manifest.json"))) return;
  throw new UserError("AssemblyNotWritten", `The app's command ended well and wrote no cloud assembly: ${app}`, {
    fix: "Have `app` in cdk.json run a CDK app: `new App()`, and `app.synth()` at the end.",
  });
}

function checkMissingContext({ stacks }: Assembly): void {
  const missing = [...new Set(stacks.flatMap(({ missingContext }) => missingContext))];
  if (missing.length === 0) return;
  throw new UserError(
    "ContextMissing",
    `The app looks up what is not in cdk.context.json: ${missing.join(", ")}. Tidegate does not look it up itself.`,
    { fix: "Run `npx cdk synth` once with credentials of the account, and keep the cdk.context.json that it writes." },
  );
}

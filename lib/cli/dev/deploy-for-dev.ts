import { deployApp, type DeployReport } from "../../deploy/deploy.ts";
import type { DevActor, DevDeploy } from "../../dev/dev-app.ts";
import { RemoteError, TidegateError } from "../../errors.ts";
import { describeCommit } from "../actor.ts";
import { assemblyFor } from "../assembly-for.ts";
import type { Connection } from "../connect.ts";
import { EXIT } from "../exit-codes.ts";
import { toRecord } from "../flags.ts";
import { parsePolicy } from "../parse-policy.ts";
import type { VerbContext } from "../verb.ts";

/** The product's own deploy, with all traffic at once. Throws where it fails. */
export async function deployForDev(
  options: Readonly<Record<string, unknown>>,
  { project, stage, target }: Connection,
  context: VerbContext,
  who: DevActor,
): Promise<DevDeploy> {
  const assembly = await assemblyFor(project, stage, options, context);
  const report = await deployApp({
    target,
    assembly,
    wanted: [],
    parameters: toRecord(options["parameters"]),
    policy: parsePolicy("AllAtOnce"),
    origin: { actor: who.actor, commit: describeCommit(project.folder) },
    holder: { name: who.holder, isGone: who.isGone },
    approval: "never",
    allowReplacement: false,
    detach: false,
    host: context.host,
    signal: context.signal,
  });
  if (report.exitCode !== EXIT.done) throw failureOf(report);
  return { assembly, report };
}

function failureOf({ failure, release }: DeployReport): TidegateError {
  if (failure instanceof TidegateError) return failure;
  const text = failure instanceof Error ? failure.message : release?.cause?.text;
  return new RemoteError("DeployFailed", text ?? "the deploy failed", { fix: "Look with `tidegate explain`." });
}

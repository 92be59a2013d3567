import { deployApp, type DeployReport } from "../../deploy/deploy.ts";
import type { DevDeploy } from "../../dev/dev-app.ts";
import { DevSession } from "../../dev/dev-session.ts";
import { RemoteError, TidegateError, UserError } from "../../errors.ts";
import type { StageSettings } from "../../synth/project.ts";
import { describeActor, describeCommit } from "../actor.ts";
import { assemblyFor } from "../assembly-for.ts";
import { connect, type Connection } from "../connect.ts";
import { DevHost } from "../dev-host.ts";
import { EXIT } from "../exit-codes.ts";
import { toRecord } from "../flags.ts";
import { isHolderGone, nameHolder } from "../holder.ts";
import { parsePolicy } from "../parse-policy.ts";
import type { VerbContext, VerbResult } from "../verb.ts";

type Options = Readonly<Record<string, unknown>>;

/** Runs a dev session until the user stops it. */
export async function runDev(options: Options, context: VerbContext): Promise<VerbResult> {
  const host = new DevHost({ json: context.json, write: (line) => process.stdout.write(`${line}\n`) });
  const connection = await connect(options, { ...context, host: host.inBackground() });
  refuseProtected(connection.stage);
  const { project, stage, target } = connection;
  const who = { actor: describeActor(context.env), holder: nameHolder(), isGone: isHolderGone };
  const { signal } = context;
  const endpoint = target.aws.options.endpoint ?? `AWS, ${target.region}`;
  host.notify({ code: "DevStarted", level: "info", text: `Stage ${stage.name} at ${endpoint}`, data: { endpoint } });
  const deploy = () => deployForDev(options, connection, { ...context, host: host.inBackground() }, who);
  const place = { target, projectFolder: project.folder, host, signal, who };
  await new DevSession({ ...place, project, deploy }).run();
  host.notify({ code: "DevStopped", level: "info", text: "Stopped. What is live stays live." });
  return { exitCode: EXIT.done, document: undefined, isPrinted: true };
}

function refuseProtected(stage: StageSettings): void {
  if (!stage.protected) return;
  throw new UserError(
    "StageProtected",
    `The stage ${stage.name} is protected: \`dev\` moves traffic without a rollout`,
    {
      fix: "Use a stage of your own, or `tidegate deploy`.",
    },
  );
}

/** The product's own deploy, with all traffic at once. Throws where it fails. */
async function deployForDev(
  options: Options,
  { project, stage, target }: Connection,
  context: VerbContext,
  who: { readonly actor: string; readonly holder: string; readonly isGone: (holder: string) => boolean },
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

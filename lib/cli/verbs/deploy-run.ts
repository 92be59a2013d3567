import { deployApp, type DeployReport } from "../../deploy/deploy.ts";
import type { ApprovalLevel } from "../../deploy/approve-changes.ts";
import { AbortError, TidegateError } from "../../errors.ts";
import { LOCAL_STAGE, type StageSettings } from "../../synth/project.ts";
import { describeActor, describeCommit } from "../actor.ts";
import { assemblyFor, startTemplateCheck } from "../assembly-for.ts";
import { connect } from "../connect.ts";
import { EXIT } from "../exit-codes.ts";
import { toRecord } from "../flags.ts";
import { isHolderGone, nameHolder } from "../holder.ts";
import { parsePolicy } from "../parse-policy.ts";
import { renderDeploy } from "../render-deploy.ts";
import type { VerbContext, VerbResult } from "../verb.ts";

/** Synthesises, then deploys to the stage. */
export async function runDeploy(options: Readonly<Record<string, unknown>>, context: VerbContext): Promise<VerbResult> {
  const startedMs = performance.now();
  const policy = typeof options["rollout"] === "string" ? parsePolicy(options["rollout"]) : undefined;
  const parameters = toRecord(options["parameters"]);
  const { project, stage, target, localClockSpeed } = await connect(options, context);
  if (stage.protected) await agreeToProtected(stage, context);
  const assembly = await assemblyFor(project, stage, options, context);
  const isLocal = stage.name === LOCAL_STAGE;
  const templateCheck = isLocal ? undefined : await startTemplateCheck(project, stage, options, context);
  const report = await deployApp({
    target,
    assembly,
    wanted: (options["stacks"] ?? []) as string[],
    parameters,
    policy,
    overrideAlarms: options["overrideAlarm"] as string[] | undefined,
    origin: { actor: describeActor(context.env), commit: describeCommit(project.folder) },
    holder: { name: nameHolder(), isGone: isHolderGone },
    approval: (options["requireApproval"] as ApprovalLevel | undefined) ?? defaultApproval(stage),
    allowReplacement: options["allowReplacement"] === true,
    allowBreakingStage: options["allowBreakingStage"] === true,
    detach: options["detach"] === true,
    ...(options["realTime"] !== true &&
      localClockSpeed !== undefined && { shortWaits: { clockSpeed: localClockSpeed } }),
    host: context.host,
    signal: context.signal,
  });
  await templateCheck?.();
  const durationMs = Math.round(performance.now() - startedMs);
  return toResult(report, stage, durationMs, context);
}

function defaultApproval(stage: StageSettings): ApprovalLevel {
  return stage.name === LOCAL_STAGE ? "never" : "dangerous";
}

async function agreeToProtected(stage: StageSettings, { host }: VerbContext): Promise<void> {
  const text = `The stage ${stage.name} is protected. Deploy to it?`;
  if (await host.ask({ code: "DeployProtected", text, refusal: "Nothing was changed." })) return;
  throw new AbortError("ApprovalNeeded", "Aborted: deployment not confirmed. No changes were made.");
}

function toResult(report: DeployReport, stage: StageSettings, durationMs: number, context: VerbContext): VerbResult {
  const interrupted = context.signal.aborted && report.exitCode === EXIT.rolledBack;
  const { failure, release, ...rest } = report;
  const exitCode = interrupted ? EXIT.interrupted : report.exitCode;
  return {
    exitCode,
    document: {
      ...rest,
      exitCode,
      stage: stage.name,
      durationMs,
      ...(release && {
        release: { id: release.id, state: release.state, cause: release.cause, stragglers: release.stragglers },
      }),
      ...(failure instanceof Error && {
        error: { code: failure instanceof TidegateError ? failure.code : "Unexpected", message: failure.message },
      }),
    },
    lines: renderDeploy(report, stage.name, durationMs),
  };
}

import { readFileSync } from "node:fs";
import { AbortError, UserError } from "../../errors.ts";
import { changeClock } from "../../local/daemon/admin-client.ts";
import { findDaemon, findSilentDaemon } from "../../local/daemon/find-daemon.ts";
import { logPath } from "../../local/daemon/log-file.ts";
import { resetState } from "../../local/daemon/reset-state.ts";
import { stopDaemon } from "../../local/daemon/stop-daemon.ts";
import type { IamMode } from "../../local/policy/iam-mode.ts";
import { readProject } from "../../synth/project.ts";
import { escapeControls } from "../../util/escape-controls.ts";
import { parseDuration } from "../../util/parse-duration.ts";
import { ensureLocalCloud, namedIamMode, namedPort } from "../ensure-local-cloud.ts";
import { EXIT } from "../exit-codes.ts";
import { describeSilent, localPlaceOf, requireLocalCloud } from "../local-place.ts";
import type { VerbContext, VerbResult } from "../verb.ts";

type Options = Readonly<Record<string, unknown>>;

/** Starts the cloud; a second call says that it runs. */
export async function runStart(options: Options, context: VerbContext): Promise<VerbResult> {
  const speed = options["clockSpeed"] === undefined ? undefined : parseSpeed(options["clockSpeed"]);
  const port = namedPort(options["port"], context.env);
  const { stateFolder, projectFolder } = localPlaceOf(context.folder, context.env);
  const settings = projectFolder === undefined ? { context: {} } : readProject(projectFolder, context.env);
  const iam = namedIamMode(options["iam"], settings);
  const cloud = await ensureLocalCloud(stateFolder, context.host, { port, iam });
  if (options["iam"] !== undefined) requireIamMode(cloud.status.iam, iam);
  const clock = speed === undefined ? cloud.status.clock : await changeClock(cloud.lock, { speed });
  const { endpoint, pid, startedMs } = cloud;
  return {
    exitCode: EXIT.done,
    document: { running: true, endpoint, pid, port: cloud.lock.port, startedMs, iam: cloud.status.iam, clock },
    lines: [
      `The local cloud ${startedMs > 0 ? "runs" : "ran already"} at ${endpoint} (process ${pid}, clock speed ${clock.speed}).`,
      ...(projectFolder === undefined
        ? [`This folder has no cdk.json, so it is your own cloud, in ${stateFolder}.`]
        : []),
    ],
  };
}

function requireIamMode(actual: IamMode, wanted: IamMode | undefined): void {
  if (actual === wanted) return;
  throw new UserError("RunsInOtherIamMode", `The local cloud already runs with --iam ${actual}, not ${wanted}`, {
    fix: "Stop it first: tidegate local stop. Its state is kept.",
  });
}

/** Stops it. */
export async function runStop(context: VerbContext): Promise<VerbResult> {
  const ran = await stopDaemon(stateFolder(context));
  const text = ran ? "The local cloud was stopped. Its state is kept." : "No local cloud ran here.";
  return { exitCode: EXIT.done, document: { stopped: ran }, lines: [text] };
}

/** Where it is and how it is. */
export async function runStatus(context: VerbContext): Promise<VerbResult> {
  const folder = stateFolder(context);
  const running = await findDaemon(folder);
  const silent = running === undefined ? await findSilentDaemon(folder) : undefined;
  if (silent !== undefined) {
    const { pid, port } = silent;
    const lines = [`${describeSilent(silent)}: run \`tidegate local stop\`, then start it.`];
    return {
      exitCode: EXIT.failed,
      document: { running: true, answers: false, pid, port, stateFolder: folder },
      lines,
    };
  }
  if (running === undefined) {
    const lines = [`No local cloud runs here (state folder: ${folder}). Start it with \`tidegate local start\`.`];
    return { exitCode: EXIT.failed, document: { running: false, stateFolder: folder }, lines };
  }
  const { status } = running;
  return {
    exitCode: EXIT.done,
    document: { running: true, ...status },
    lines: [
      `endpoint  ${status.endpoint}`,
      `process   ${status.pid}, up ${Math.round(status.uptimeMs / 1000)} s, version ${status.version}`,
      `account   ${status.account}`,
      `clock     ${status.clock.now}, speed ${status.clock.speed}`,
      `state     ${status.stateFolder}`,
      `iam       ${status.iam}`,
      `services  ${status.services.join(", ")}`,
    ],
  };
}

/** Deletes all state, after confirmation. */
export async function runReset(context: VerbContext): Promise<VerbResult> {
  const folder = stateFolder(context);
  const question = {
    code: "ResetLocalCloud",
    text: `Delete all state of the local cloud in ${folder}?`,
    refusal: "No changes were made.",
  };
  if (!(await context.host.ask(question))) {
    throw new AbortError("ApprovalNeeded", "Aborted: reset not confirmed. No changes were made.");
  }
  const ran = await resetState(folder);
  return {
    exitCode: EXIT.done,
    document: { reset: true, stopped: ran },
    lines: ["The state of the local cloud was deleted."],
  };
}

/** The end of its log. */
export function runLogs(options: Options, context: VerbContext): Promise<VerbResult> {
  const count = Number(options["lines"]);
  if (!Number.isInteger(count) || count < 1) {
    throw new UserError("UsageWrong", `Expected a number of lines, got ${JSON.stringify(options["lines"])}`);
  }
  const path = logPath(stateFolder(context));
  const lines = tryRead(path).trimEnd().split("\n").slice(-count).map(escapeControls);
  return Promise.resolve({ exitCode: EXIT.done, document: { path, lines }, lines });
}

/** Moves its clock. */
export async function runClock(options: Options, context: VerbContext): Promise<VerbResult> {
  const change = {
    ...(options["speed"] !== undefined && { speed: parseSpeed(options["speed"]) }),
    ...(options["advance"] !== undefined && { advanceMs: parseDuration(options["advance"]) }),
  };
  const running = await requireLocalCloud(stateFolder(context));
  const clock = Object.keys(change).length === 0 ? running.status.clock : await changeClock(running.lock, change);
  return {
    exitCode: EXIT.done,
    document: clock,
    lines: [`The local cloud's clock shows ${clock.now}, speed ${clock.speed}.`],
  };
}

function stateFolder(context: VerbContext): string {
  return localPlaceOf(context.folder, context.env).stateFolder;
}

function parseSpeed(text: unknown): number {
  const speed = Number(text);
  if (speed > 0 && speed <= 100_000) return speed;
  throw new UserError("UsageWrong", `Expected a clock speed above 0 and up to 100000, got ${JSON.stringify(text)}`, {
    fix: "1 is the machine's own speed; at 60 a minute passes in a second.",
  });
}

function tryRead(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

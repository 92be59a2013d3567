import { styleText } from "node:util";
import { checkBootstrap } from "../../deploy/check-bootstrap.ts";
import { targetOfStack } from "../../deploy/target.ts";
import { TidegateError } from "../../errors.ts";
import { findDaemon } from "../../local/daemon/find-daemon.ts";
import { readApp } from "../../look/app/read-app.ts";
import type { Finding } from "../../look/doctor/finding.ts";
import { quotaFindings } from "../../look/doctor/quota-findings.ts";
import { releaseFinding } from "../../look/doctor/release-finding.ts";
import { stackFindings } from "../../look/doctor/stack-findings.ts";
import { releaseStatus, standingOf } from "../../release/engine.ts";
import { readProject, stageOf } from "../../synth/project.ts";
import { escapeControls } from "../../util/escape-controls.ts";
import { redact } from "../../util/redact.ts";
import { openAppJournal } from "../app-journal.ts";
import { tryAppName } from "../app-name.ts";
import { connectToRead, type Connection } from "../connect.ts";
import { EXIT } from "../exit-codes.ts";
import { isEmbedded, localStateFolder } from "../local-place.ts";
import { machineFindings } from "../machine-findings.ts";
import { lastStacks } from "../stack-port-of.ts";
import type { VerbContext, VerbResult } from "../verb.ts";

type Options = Readonly<Record<string, unknown>>;

/** Checks machine, project and stage. Changes nothing, and starts no local cloud. Ends with 1 where there is a problem. */
export async function runDoctor(options: Options, context: VerbContext): Promise<VerbResult> {
  const project = readProject(context.folder, context.env);
  const stage = stageOf(project, String(options["stage"]));
  const isIdle = isEmbedded(stage) && (await findDaemon(localStateFolder(project.folder))) === undefined;
  const findings = [
    ...(await machineFindings(project.folder, context.env)),
    ...(isIdle ? [] : await stageFindings(options, context)),
  ];
  const problems = findings.filter(({ state }) => state === "problem").length;
  return {
    exitCode: problems > 0 ? EXIT.failed : EXIT.done,
    document: { stage: stage.name, problems, findings },
    lines: [...findings.flatMap(renderFinding), summarise(findings)],
  };
}

async function stageFindings(options: Options, context: VerbContext): Promise<Finding[]> {
  const connected = await attempt("credentials", async () => {
    const connection = await connectToRead(options, context);
    const { callerArn, region } = connection.target;
    const text = `${callerArn} in ${region}, stage ${connection.stage.name}`;
    return { connection, findings: [{ check: "credentials", state: "ok", text }] as const };
  });
  if (!("connection" in connected)) return [...connected.findings];
  const { connection } = connected;
  const checks = await Promise.all([
    findingsOf("bootstrap", () => bootstrapFindings(connection, options, context)),
    findingsOf("quotas", () => quotaFindings(connection.target)),
    findingsOf("stacks", () => appStackFindings(connection, options, context)),
    findingsOf("release", () => releaseFindings(connection, options, context)),
  ]);
  return [...connected.findings, ...checks.flat()];
}

async function bootstrapFindings(
  { project, target }: Connection,
  options: Options,
  { folder }: VerbContext,
): Promise<Finding[]> {
  const stacks = lastStacks(project, options, folder);
  await checkBootstrap(stacks.map((stack) => ({ stack, target: targetOfStack(target, stack) })));
  const text = stacks.length === 0 ? "not checked: nothing was synthesised yet" : "it is there, and new enough";
  return [{ check: "bootstrap", state: "ok", text }];
}

async function appStackFindings(
  { project, target, stage }: Connection,
  options: Options,
  { folder }: VerbContext,
): Promise<Finding[]> {
  const app = tryAppName(project, options, folder);
  const stacks = await readApp({ target, stacks: lastStacks(project, options, folder), app });
  return stackFindings(stacks, stage.name);
}

async function releaseFindings(connection: Connection, options: Options, context: VerbContext): Promise<Finding[]> {
  const app = tryAppName(connection.project, options, context.folder);
  if (app === undefined) return [];
  const { ports, who } = await openAppJournal(connection, app, options, context);
  return [releaseFinding(standingOf(await releaseStatus(ports, who)), connection.stage.name)];
}

async function findingsOf(check: string, look: () => Promise<readonly Finding[]>): Promise<readonly Finding[]> {
  return (await attempt(check, async () => ({ findings: await look() }))).findings;
}

/** A check that fails is a finding. A stage without the app is not a problem: it may be a new one. */
async function attempt<T extends { readonly findings: readonly Finding[] }>(
  check: string,
  look: () => Promise<T>,
): Promise<T | { readonly findings: readonly Finding[] }> {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof TidegateError)) throw error;
    const { message, fix, code } = error;
    const state = code === "NothingDeployed" ? "ok" : "problem";
    return { findings: [{ check, state, text: message, ...(fix === undefined ? {} : { fix }) }] };
  }
}

const MARKS = { ok: "ok      ", warning: "warning ", problem: "problem " } as const;
const STYLES = { ok: "green", warning: "yellow", problem: "red" } as const;

function renderFinding({ check, state, text, fix }: Finding): string[] {
  const mark = styleText(STYLES[state], MARKS[state], { stream: process.stdout });
  const line = `${mark}${check}: ${redact(escapeControls(text))}`;
  return fix === undefined ? [line] : [line, `        → ${redact(escapeControls(fix))}`];
}

function summarise(findings: readonly Finding[]): string {
  const count = (state: Finding["state"]) => findings.filter((one) => one.state === state).length;
  const [problems, warnings] = [count("problem"), count("warning")];
  if (problems + warnings === 0) return "Nothing is wrong.";
  const words = (number: number, word: string) => `${number} ${word}${number === 1 ? "" : "s"}`;
  return `${words(problems, "problem")}, ${words(warnings, "warning")}.`;
}

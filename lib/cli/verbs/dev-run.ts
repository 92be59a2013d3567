import type { DevDeploy, DevPlace } from "../../dev/dev-app.ts";
import { DevSession } from "../../dev/dev-session.ts";
import { UserError } from "../../errors.ts";
import { findNamed } from "../../look/app/find-named.ts";
import { LOCAL_STAGE, type StageSettings } from "../../synth/project.ts";
import { describeActor } from "../actor.ts";
import { connect, type Connection } from "../connect.ts";
import { deployForDev } from "../dev/deploy-for-dev.ts";
import { DevHost } from "../dev/dev-host.ts";
import { readKeys } from "../dev/dev-keys.ts";
import { followDevLogs } from "../dev/dev-logs.ts";
import { openAddress, runProjectTests } from "../dev/dev-programs.ts";
import { DevScreen } from "../dev/dev-screen.ts";
import { EXIT } from "../exit-codes.ts";
import { isHolderGone, nameHolder } from "../holder.ts";
import type { VerbContext, VerbResult } from "../verb.ts";

type Options = Readonly<Record<string, unknown>>;

/** Runs a dev session until the user stops it. */
export async function runDev(options: Options, context: VerbContext): Promise<VerbResult> {
  const screen = !context.json && process.stdout.isTTY ? new DevScreen(process.stdout) : undefined;
  const isVerbose = options["verbose"] === true;
  const host = new DevHost({ json: context.json, isVerbose, write: context.print, ...(screen && { screen }) });
  const quit = new AbortController();
  const signal = AbortSignal.any([context.signal, quit.signal]);
  const inside = { ...context, host: host.inBackground(), signal };
  const connection = await connect(options, inside);
  refuseProtected(connection.stage);
  const inspects = inspectionOf(options["inspect"], connection.stage);
  announce(connection, host);
  try {
    await watch(options, connection, { context: inside, host, screen, isVerbose, quit: () => quit.abort(), inspects });
  } finally {
    screen?.close();
  }
  context.print(lastLine(context.json));
  return { exitCode: EXIT.done, document: undefined };
}

function announce({ stage, target }: Connection, host: DevHost): void {
  const { endpoint } = target.aws.options;
  const text = `Stage ${stage.name} at ${endpoint ?? `AWS, ${target.region}`}`;
  host.notify({ code: "DevStarted", level: "info", text, data: { stage: stage.name, endpoint } });
}

function lastLine(json: boolean): string {
  const text = "Stopped. What is live stays live.";
  return json ? JSON.stringify({ time: new Date().toISOString(), code: "DevStopped", level: "info", text }) : text;
}

interface Shown {
  readonly context: VerbContext;
  readonly host: DevHost;
  readonly screen: DevScreen | undefined;
  readonly isVerbose: boolean;
  readonly quit: () => void;
  readonly inspects: DevPlace["inspects"];
}

async function watch(options: Options, connection: Connection, shown: Shown): Promise<void> {
  const { project, target } = connection;
  const { context, host, screen, isVerbose, quit, inspects } = shown;
  const { signal } = context;
  const { folder: projectFolder } = project;
  const who = { actor: describeActor(context.env), holder: nameHolder(), isGone: isHolderGone };
  const isColored = screen !== undefined && (context.env["NO_COLOR"] ?? "") === "";
  let address: string | undefined;
  let logs = new AbortController();
  const onDeployed = ({ assembly: { stacks }, report }: DevDeploy) => {
    address = report.stacks.flatMap(({ outputs }) => Object.values(outputs)).find((value) => /^https?:/.test(value));
    logs.abort();
    logs = new AbortController();
    const ended = AbortSignal.any([signal, logs.signal]);
    const pause = () => session.whenSaved();
    void followDevLogs({ target, stacks, projectFolder, host, isVerbose, isColored, pause, signal: ended });
  };
  const deploy = () => deployForDev(options, connection, context, who);
  const session = new DevSession({
    target,
    projectFolder,
    host,
    signal,
    who,
    project,
    deploy,
    onDeployed,
    ...(inspects && { inspects }),
  });
  const actions = {
    r: () => session.redeploy(),
    l: () => screen?.clear(),
    t: () => void runProjectTests(projectFolder, host, signal),
    o: () => (address === undefined ? undefined : openAddress(address, host)),
    q: quit,
  };
  const release = screen !== undefined && process.stdin.isTTY ? readKeys(process.stdin, actions, quit) : undefined;
  host.showFooter();
  try {
    await session.run();
  } finally {
    logs.abort();
    release?.();
  }
}

function refuseProtected(stage: StageSettings): void {
  if (!stage.protected) return;
  const text = `The stage ${stage.name} is protected: \`dev\` moves traffic without a rollout`;
  throw new UserError("StageProtected", text, { fix: "Use a stage of your own, or `tidegate deploy`." });
}

/** The functions of `--inspect`: the one that it names, or all. */
function inspectionOf(given: unknown, stage: StageSettings): DevPlace["inspects"] {
  if (stage.name !== LOCAL_STAGE) {
    if (given === undefined) return undefined;
    throw new UserError("UsageWrong", `--inspect needs the local cloud, and the stage is ${stage.name}`, {
      fix: "Leave out --stage.",
    });
  }
  if (given === undefined) return () => [];
  if (typeof given !== "string") return (functions) => functions;
  return (functions) => {
    const things = functions.map((fn) => ({ fn, path: fn.alias.path, name: fn.alias.target.name }));
    return [findNamed(given, things, "function").fn];
  };
}

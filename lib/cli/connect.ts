import { Aws } from "../aws/aws.ts";
import { identifyTarget, type Target } from "../deploy/target.ts";
import { UserError } from "../errors.ts";
import { readProject, stageOf, type Project, type StageSettings } from "../synth/project.ts";
import type { IoHost } from "../io/message.ts";
import type { RunningDaemon } from "../local/daemon/find-daemon.ts";
import { escapeControls } from "../util/escape-controls.ts";
import { ensureLocalCloud, namedIamMode, namedPort } from "./ensure-local-cloud.ts";
import { isEmbedded, localStateFolder, requireLocalCloud } from "./local-place.ts";
import type { VerbContext } from "./verb.ts";

/** A project, one of its stages, and a connection to where that is. */
export interface Connection {
  readonly project: Project;
  readonly stage: StageSettings;
  readonly target: Target;
  /** How many seconds pass in one of the machine, where the stage is the embedded local cloud. Absent elsewhere. */
  readonly localClockSpeed?: number;
}

/** The local cloud accepts any credentials; no other endpoint accepts these. */
const LOCAL_CREDENTIALS = { accessKeyId: "TIDEGATELOCAL", secretAccessKey: "local" };

type Options = Readonly<Record<string, unknown>>;

/** Finds the stage and the caller's identity. Starts the local cloud where the stage is `local` and none runs. */
export function connect(options: Options, context: VerbContext): Promise<Connection> {
  return connectBy(startLocalCloud, options, context);
}

/** Like `connect`, for verbs that only read: starts no local cloud, and throws a `UserError` where none runs. */
export function connectToRead(options: Options, context: VerbContext): Promise<Connection> {
  return connectBy(({ folder }) => requireLocalCloud(localStateFolder(folder)), options, context);
}

type FindLocalCloud = (project: Project, options: Options, context: VerbContext) => Promise<RunningDaemon>;

const startLocalCloud: FindLocalCloud = (project, options, { env, host }) => {
  const start = { port: namedPort(options["port"], env), iam: namedIamMode(undefined, project) };
  return ensureLocalCloud(localStateFolder(project.folder), host, start);
};

async function connectBy(find: FindLocalCloud, options: Options, context: VerbContext): Promise<Connection> {
  const project = readProject(context.folder, context.env);
  const stage = stageOf(project, String(options["stage"]));
  const { aws, ...local } = isEmbedded(stage)
    ? openLocal(stage, await find(project, options, context))
    : openRemote(stage, options, context);
  context.closeAtEnd?.(aws);
  const identified = await identifyTarget(aws, stage.name, stage.region);
  const target = { ...identified, onTrouble: troubleReporter(context.host) };
  if (stage.account !== undefined && stage.account !== target.account) {
    throw new UserError(
      "AccountMismatch",
      `The stage ${stage.name} is for account ${stage.account}, but the credentials are of account ${target.account} (${target.callerArn})`,
      { fix: "Use other credentials, or correct the stage in cdk.json." },
    );
  }
  return { project, stage, target, ...local };
}

function troubleReporter(host: IoHost): NonNullable<Target["onTrouble"]> {
  return ({ message }, untilMs) => {
    const until = new Date(untilMs).toISOString();
    const text = `A call failed and is retried until ${until}: ${escapeControls(message)}`;
    host.notify({ code: "CallTrouble", level: "warn", text, data: { message, until } });
  };
}

type Opened = Pick<Connection, "localClockSpeed"> & { readonly aws: Aws };

function openLocal({ region }: StageSettings, { status: { endpoint, clock } }: RunningDaemon): Opened {
  return { aws: new Aws({ region, endpoint, credentials: LOCAL_CREDENTIALS }), localClockSpeed: clock.speed };
}

function openRemote(stage: StageSettings, options: Options, { env }: VerbContext): Opened {
  if (options["port"] !== undefined) {
    throw new UserError("UsageWrong", `--port is the local cloud's, and the stage is ${stage.name}`, {
      fix: "Leave out --port.",
    });
  }
  const { region, profile, endpoint = env["AWS_ENDPOINT_URL"] } = stage;
  return { aws: new Aws({ region, profile, endpoint }) };
}

import { Aws } from "../aws/aws.ts";
import { identifyTarget, type Target } from "../deploy/target.ts";
import { UserError } from "../errors.ts";
import { LOCAL_STAGE, readProject, stageOf, type Project, type StageSettings } from "../synth/project.ts";
import type { IoHost } from "../io/message.ts";
import { escapeControls } from "../util/escape-controls.ts";
import { ensureLocalCloud, namedIamMode, namedPort } from "./ensure-local-cloud.ts";
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

/** Finds the stage and the caller's identity. Starts the local cloud where the stage is `local` and none runs. */
export async function connect(options: Readonly<Record<string, unknown>>, context: VerbContext): Promise<Connection> {
  const project = readProject(context.folder, context.env);
  const stage = stageOf(project, String(options["stage"]));
  const { aws, ...local } = await openConnection(project, stage, context);
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

async function openConnection(
  project: Project,
  stage: StageSettings,
  context: VerbContext,
): Promise<Pick<Connection, "localClockSpeed"> & { readonly aws: Aws }> {
  if (stage.name !== LOCAL_STAGE || stage.endpoint !== undefined) {
    const endpoint = stage.endpoint ?? context.env["AWS_ENDPOINT_URL"];
    return { aws: new Aws({ region: stage.region, profile: stage.profile, endpoint }) };
  }
  const start = { port: namedPort(undefined, context.env), iam: namedIamMode(undefined, project) };
  const { endpoint, status } = await ensureLocalCloud(project.folder, context.host, start);
  const aws = new Aws({ region: stage.region, endpoint, credentials: LOCAL_CREDENTIALS });
  return { aws, localClockSpeed: status.clock.speed };
}

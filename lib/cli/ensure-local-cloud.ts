import { UserError } from "../errors.ts";
import type { IoHost } from "../io/message.ts";
import { startDaemon, type StartedDaemon } from "../local/daemon/start-daemon.ts";
import { IAM_MODES, tryReadIamMode, type IamMode } from "../local/policy/iam-mode.ts";
import type { Project } from "../synth/project.ts";

/** The port that the user named: by flag, or by `TIDEGATE_LOCAL_PORT`. 0 takes any free one. */
export function namedPort(flag: unknown, environment: NodeJS.ProcessEnv): number | undefined {
  const text = typeof flag === "string" ? flag : environment["TIDEGATE_LOCAL_PORT"];
  if (text === undefined || text === "") return undefined;
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new UserError("UsageWrong", `Expected a port from 0 to 65535, got ${JSON.stringify(text)}`, {
    fix: "Use 0 for any free port.",
  });
}

/** How the cloud treats calls that policies do not allow: by flag, or by `context.tidegate.iam` of `cdk.json`. */
export function namedIamMode(flag: unknown, { context }: Pick<Project, "context">): IamMode | undefined {
  const settings = context["tidegate"] as { readonly iam?: unknown } | undefined;
  const given = flag ?? settings?.iam;
  if (given === undefined) return undefined;
  const mode = tryReadIamMode(given);
  if (mode !== undefined) return mode;
  throw new UserError("UsageWrong", `Expected an IAM mode, got ${JSON.stringify(given)}`, {
    fix: `Use one of: ${IAM_MODES.join(", ")}.`,
  });
}

/** How a project's local cloud is started. */
export interface LocalCloudStart {
  readonly port: number | undefined;
  readonly iam: IamMode | undefined;
}

/** The local cloud of a state folder, started where none runs. */
export async function ensureLocalCloud(
  stateFolder: string,
  host: IoHost,
  { port, iam }: LocalCloudStart,
): Promise<StartedDaemon> {
  const cloud = await startDaemon({ stateFolder, port, iam });
  if (cloud.startedMs > 0) {
    host.notify({
      code: "LocalCloudStarted",
      level: "info",
      text: `Started the local cloud at ${cloud.endpoint} in ${cloud.startedMs} ms.`,
      data: { endpoint: cloud.endpoint, pid: cloud.pid, startedMs: cloud.startedMs },
    });
  }
  return cloud;
}

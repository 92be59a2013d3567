import { join } from "node:path";
import { UserError } from "../errors.ts";
import type { IoHost } from "../io/message.ts";
import { startDaemon, type StartedDaemon } from "../local/daemon/start-daemon.ts";

/** Where a project's local cloud keeps its state. */
export function localStateFolder(projectFolder: string): string {
  return join(projectFolder, ".tidegate", "local");
}

/** The port that the user named: by flag, or by `TIDEGATE_LOCAL_PORT`. 0 takes any free one. */
export function namedPort(flag: unknown, environment: NodeJS.ProcessEnv): number | undefined {
  const text = typeof flag === "string" ? flag : environment["TIDEGATE_LOCAL_PORT"];
  if (text === undefined || text === "") return undefined;
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new UserError("UsageWrong", `Expected a port from 0 to 65535, got ${JSON.stringify(text)}`, {
    fix: "Take 0 for any free port.",
  });
}

/** The project's local cloud, started where none runs. */
export async function ensureLocalCloud(
  projectFolder: string,
  host: IoHost,
  port: number | undefined,
): Promise<StartedDaemon> {
  const cloud = await startDaemon({ stateFolder: localStateFolder(projectFolder), port });
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

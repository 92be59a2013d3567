// The background process of a local cloud: `node main.ts --state <folder> [--port <port>] --iam <mode>`. Without a port it
// takes the one that the folder's cloud had last, or the default, or a free one where another program has it. Reports the
// result of its start to its parent over the IPC channel, and lives on when the parent ends.
import { enableCompileCache } from "node:module";
import { parseArgs } from "node:util";
import type { LocalCloud } from "../local-cloud.ts";

enableCompileCache();

const { startLocalCloud } = await import("../local-cloud.ts");
const { LogFile, logPath } = await import("./log-file.ts");
const { tryReadIamMode } = await import("../policy/iam-mode.ts");
const { removeLock, writeLock } = await import("./lock-file.ts");
const { tryReadProcessMark } = await import("./process-mark.ts");
const { explainStartFailure } = await import("./start-failure.ts");
const { readLastPort } = await import("../state/last-port.ts");
const { DEFAULT_PORT } = await import("./default-port.ts");
const { tellParent } = await import("./start-report.ts");

const STOP_WITHIN_MS = 8000;

const { values } = parseArgs({
  options: { state: { type: "string" }, port: { type: "string" }, iam: { type: "string" } },
});
const stateFolder = values.state!;
const log = new LogFile(logPath(stateFolder));

process.on("uncaughtException", (error) => log.write(`Uncaught: ${error.stack ?? error.message}`));
process.on("unhandledRejection", (reason) =>
  log.write(`Unhandled: ${reason instanceof Error ? reason.stack : String(reason)}`),
);

await start();

async function start(): Promise<void> {
  const named = values.port === undefined ? undefined : Number(values.port);
  const port = named ?? readLastPort(stateFolder) ?? DEFAULT_PORT;
  try {
    const cloud = await startLocalCloud({
      stateFolder,
      port,
      orFreePort: named === undefined,
      iam: tryReadIamMode(values.iam) ?? "enforce",
      log: (line) => log.write(line),
      onStop: () => void end(cloud, "asked to stop"),
    });
    for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
      process.on(signal, () => void end(cloud, signal));
    }
    const status = cloud.status();
    const lock = {
      pid: process.pid,
      port: cloud.port,
      token: cloud.token,
      processMark: tryReadProcessMark(process.pid) ?? "",
      startedAt: new Date().toISOString(),
      version: status.version,
    };
    await writeLock(stateFolder, lock);
    log.write(`Started: ${cloud.endpoint}, process ${process.pid}, version ${status.version}`);
    tellParent({ outcome: "ready", lock, status });
  } catch (error) {
    const failure = await explainStartFailure(error, port);
    log.write(`Did not start: ${failure.message}`);
    tellParent({ outcome: "failed", code: failure.code, message: failure.message, fix: failure.fix });
    process.exitCode = 1;
  }
}

let ending = false;

async function end(cloud: LocalCloud, why: string): Promise<void> {
  if (ending) return;
  ending = true;
  log.write(`Stopping: ${why}`);
  setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref();
  await cloud.stop().catch((error: unknown) => log.write(`Did not stop cleanly: ${String(error)}`));
  await removeLock(stateFolder, process.pid);
  log.write("Stopped");
  process.exit(0);
}

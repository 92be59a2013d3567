import { statfs } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Finding } from "../look/doctor/finding.ts";
import { findDaemon, findSilentDaemon } from "../local/daemon/find-daemon.ts";
import { tryFindPortOwner } from "../local/daemon/port-owner.ts";
import { DEFAULT_PORT } from "../local/daemon/default-port.ts";
import { readLastPort } from "../local/state/last-port.ts";
import { isRecord, textIn } from "../util/plain-record.ts";
import { namedPort } from "./ensure-local-cloud.ts";
import { describeSilent, localStateFolder } from "./local-place.ts";

const MEGABYTE = 1024 ** 2;
/** A local cloud and a bundle take some tens of megabytes; a full disk fails in the middle. */
const LEAST_FREE_BYTES = 500 * MEGABYTE;
const LEAST_CDK = [2, 237] as const;

/** What is wrong with the machine and the project's packages. */
export async function machineFindings(projectFolder: string, environment: NodeJS.ProcessEnv): Promise<Finding[]> {
  return [
    { check: "node", state: "ok", text: `Node ${process.versions.node} on ${process.platform} ${process.arch}` },
    cdkFinding(projectFolder),
    await diskFinding(projectFolder),
    await portFinding(projectFolder, environment),
  ];
}

function cdkFinding(projectFolder: string): Finding {
  const version = tryReadCdkVersion(projectFolder);
  const fix = "npm install --save-dev aws-cdk-lib constructs";
  if (version === undefined)
    return { check: "packages", state: "problem", text: "aws-cdk-lib is not installed in the project", fix };
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const isOld = major < LEAST_CDK[0] || (major === LEAST_CDK[0] && minor < LEAST_CDK[1]);
  const text = `aws-cdk-lib ${version} is installed`;
  if (!isOld) return { check: "packages", state: "ok", text };
  return { check: "packages", state: "problem", text: `${text}; ${LEAST_CDK.join(".")} or later is needed`, fix };
}

function tryReadCdkVersion(projectFolder: string): string | undefined {
  try {
    const manifest: unknown = createRequire(join(projectFolder, "package.json"))("aws-cdk-lib/package.json");
    return isRecord(manifest) ? textIn(manifest["version"]) : undefined;
  } catch {
    return undefined;
  }
}

async function diskFinding(projectFolder: string): Promise<Finding> {
  const { bavail, bsize } = await statfs(projectFolder);
  const free = bavail * bsize;
  const text = `${Math.round(free / MEGABYTE)} MB are free on the project's disk`;
  if (free >= LEAST_FREE_BYTES) return { check: "disk", state: "ok", text };
  return {
    check: "disk",
    state: "warning",
    text,
    fix: "Free some space; `tidegate local reset` deletes the local cloud's state.",
  };
}

async function portFinding(projectFolder: string, environment: NodeJS.ProcessEnv): Promise<Finding> {
  const folder = localStateFolder(projectFolder);
  const running = await findDaemon(folder);
  if (running !== undefined)
    return { check: "local cloud", state: "ok", text: `it runs at ${running.status.endpoint}` };
  const silent = await findSilentDaemon(folder);
  if (silent !== undefined)
    return { check: "local cloud", state: "problem", text: describeSilent(silent), fix: "tidegate local stop" };
  const named = namedPort(undefined, environment);
  const port = named ?? readLastPort(folder) ?? DEFAULT_PORT;
  const owner = port === 0 ? undefined : tryFindPortOwner(port);
  if (owner === undefined) return { check: "local cloud", state: "ok", text: "it does not run, and its port is free" };
  const text = `it does not run, and port ${port} is taken by process ${owner.pid}: ${owner.command}`;
  if (named === undefined) return { check: "local cloud", state: "ok", text: `${text}; it will take a free one` };
  return { check: "local cloud", state: "warning", text, fix: "unset TIDEGATE_LOCAL_PORT" };
}

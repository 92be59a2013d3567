import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import { UserError } from "../errors.ts";
import { findDaemon, findSilentDaemon, type RunningDaemon } from "../local/daemon/find-daemon.ts";
import type { Lock } from "../local/daemon/lock-file.ts";
import { LOCAL_STAGE, tryFindProjectFolder, type StageSettings } from "../synth/project.ts";

/** Where a project's local cloud keeps its state. */
export function localStateFolder(projectFolder: string): string {
  return join(projectFolder, ".tidegate", "local");
}

/** Where a local cloud keeps its state that belongs to a user and no project: in the user's folder for state. */
export function userStateFolder(environment: NodeJS.ProcessEnv): string {
  const given = environment[process.platform === "win32" ? "LOCALAPPDATA" : "XDG_STATE_HOME"];
  // A path that is not absolute is ignored, as the XDG specification wants it.
  const base = given !== undefined && isAbsolute(given) ? given : join(homedir(), ".local", "state");
  return join(base, "tidegate", "local");
}

/** The local cloud that a folder belongs to. */
export interface LocalPlace {
  readonly stateFolder: string;
  /** The folder of `cdk.json`. @default - no project: the cloud is the user's own */
  readonly projectFolder?: string;
}

/** The cloud of the project around `folder`, or the user's own where there is none. A `cdk.json` is not read. */
export function localPlaceOf(folder: string, environment: NodeJS.ProcessEnv): LocalPlace {
  const projectFolder = tryFindProjectFolder(folder);
  if (projectFolder === undefined) return { stateFolder: userStateFolder(environment) };
  return { stateFolder: localStateFolder(projectFolder), projectFolder };
}

/** The cloud of a state folder. Throws a `UserError` that says what to run where it does not run. */
export async function requireLocalCloud(stateFolder: string): Promise<RunningDaemon> {
  const running = await findDaemon(stateFolder);
  if (running !== undefined) return running;
  const silent = await findSilentDaemon(stateFolder);
  if (silent !== undefined)
    throw new UserError("LocalCloudSilent", describeSilent(silent), {
      fix: "Run `tidegate local stop`, then start it.",
    });
  throw new UserError("LocalCloudNotRunning", `No local cloud runs here (state folder: ${stateFolder})`, {
    fix: "Start it with `tidegate local start`. `tidegate deploy` and `tidegate dev` start it too.",
  });
}

/** What is said of a cloud that runs and does not answer. */
export function describeSilent({ pid, port }: Pick<Lock, "pid" | "port">): string {
  return `The local cloud runs (process ${pid}, port ${port}) and does not answer. Its state is kept when it is stopped`;
}

/** Whether a stage is the embedded cloud, and no endpoint that `cdk.json` names. */
export function isEmbedded({ name, endpoint }: StageSettings): boolean {
  return name === LOCAL_STAGE && endpoint === undefined;
}

import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import type { AssemblyStack } from "../assembly/assembly.ts";
import { readAssembly } from "../assembly/read-assembly.ts";
import { AppStackPort } from "../deploy/app-stack-port.ts";
import { AppStacks } from "../deploy/app-stacks.ts";
import { handOverToAccount } from "../deploy/hand-over.ts";
import { parseStageMaterial, restoreStacks } from "../deploy/stage-material.ts";
import {
  type HandOver,
  isDevSince,
  isStaged,
  type JournalOptions,
  lookIntoJournal,
  type ReleasePorts,
} from "../release/engine.ts";
import type { Connection } from "./connect.ts";
import type { VerbContext } from "./verb.ts";

/** The stacks of a release that is not staged yet, as they were planned; those of the last assembly for any other. */
export async function plannedStackPortOf(
  connection: Connection,
  options: Readonly<Record<string, unknown>>,
  context: VerbContext,
  { ports, who }: { readonly ports: ReleasePorts; readonly who: JournalOptions },
): Promise<AppStackPort | undefined> {
  const { journal } = ports;
  const { document } = await lookIntoJournal(ports, who);
  const release = document?.release;
  const hash = release?.origin.material;
  if (release === undefined || hash === undefined || isStaged(release)) {
    return stackPortOf(connection, options, context);
  }
  const material = parseStageMaterial(await journal.readKept(hash), release.id);
  const { host, signal } = context;
  const { parameters } = material;
  const stacks = restoreStacks(material);
  const app = new AppStacks({ target: connection.target, stacks, host, signal, parameters });
  return new AppStackPort(app, { restoresDevCode: isDevSince(document?.history ?? []) });
}

/**
 * The stacks of the last assembly, where there is one: with them a release can also be finished, and not only brought
 * back. Undefined where there is none; the aliases alone are enough for a rollback.
 */
export async function stackPortOf(
  { project, target }: Connection,
  options: Readonly<Record<string, unknown>>,
  context: VerbContext,
): Promise<AppStackPort | undefined> {
  const stacks = lastStacks(project, options, context.folder);
  if (stacks.length === 0) return undefined;
  return new AppStackPort(new AppStacks({ target, stacks, host: context.host, signal: context.signal }));
}

/** Starts the driver in the account again, by the last assembly. Undefined where the app has no driver. */
export function restarterOf(
  { project, target }: Connection,
  options: Readonly<Record<string, unknown>>,
  { folder, host, signal }: VerbContext,
  bucket: string,
): HandOver | undefined {
  const app = new AppStacks({ target, stacks: lastStacks(project, options, folder), host, signal });
  return app.desired().some(({ release }) => release?.driver !== undefined)
    ? handOverToAccount(app, bucket)
    : undefined;
}

/** The stacks of the last assembly, or of the one that `--app` names. None where there is none. */
export function lastStacks(
  { output }: Connection["project"],
  options: Readonly<Record<string, unknown>>,
  folder: string,
): readonly AssemblyStack[] {
  const assembly = typeof options["app"] === "string" ? resolve(folder, options["app"]) : output;
  return existsSync(join(assembly, "manifest.json")) ? readAssembly(assembly).stacks : [];
}

import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { readAssembly } from "../assembly/read-assembly.ts";
import { AppStackPort } from "../deploy/app-stack-port.ts";
import { AppStacks } from "../deploy/app-stacks.ts";
import { parseStageMaterial, restoreStacks } from "../deploy/stage-material.ts";
import { isStaged, type JournalPort } from "../release/engine.ts";
import type { Connection } from "./connect.ts";
import type { VerbContext } from "./verb.ts";

/** The stacks of a release that is not staged yet, as they were planned; those of the last assembly for any other. */
export async function plannedStackPortOf(
  connection: Connection,
  options: Readonly<Record<string, unknown>>,
  context: VerbContext,
  journal: JournalPort,
): Promise<AppStackPort | undefined> {
  const release = (await journal.read())?.document.release;
  const hash = release?.origin.material;
  if (release === undefined || hash === undefined || isStaged(release)) {
    return stackPortOf(connection, options, context);
  }
  const material = parseStageMaterial(await journal.readKept(hash), release.id);
  const { host, signal } = context;
  const { parameters } = material;
  const stacks = restoreStacks(material);
  return new AppStackPort(new AppStacks({ target: connection.target, stacks, host, signal, parameters }));
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
  const folder = typeof options["app"] === "string" ? resolve(context.folder, options["app"]) : project.output;
  if (!existsSync(join(folder, "manifest.json"))) return undefined;
  const { stacks } = readAssembly(folder);
  return new AppStackPort(new AppStacks({ target, stacks, host: context.host, signal: context.signal }));
}

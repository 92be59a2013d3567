import { findJournal } from "../deploy/journal/find-journal.ts";
import { connectRelease, type ReleaseConnection } from "../deploy/release-ports.ts";
import type { KnownAlias } from "../release/engine.ts";
import { describeActor } from "./actor.ts";
import type { Connection } from "./connect.ts";
import { isHolderGone, nameHolder } from "./holder.ts";
import { lastStacks } from "./stack-port-of.ts";
import type { VerbContext } from "./verb.ts";

/** An app's journal at a stage, and who reads or writes it. */
export interface AppJournal extends ReleaseConnection {
  readonly who: {
    readonly app: string;
    readonly stage: string;
    readonly actor: string;
    readonly holder: string;
    readonly aliases: () => Promise<readonly KnownAlias[]>;
    readonly isGone: (holder: string) => boolean;
  };
}

/** Finds the journal of the app by the last assembly, or the one that `--app` names. */
export async function openAppJournal(
  { project, target, stage }: Connection,
  app: string,
  options: Readonly<Record<string, unknown>>,
  { folder, host, env }: VerbContext,
): Promise<AppJournal> {
  const { located, aliases } = await findJournal(target, app, lastStacks(project, options, folder), host);
  const holder = nameHolder();
  const who = { app, stage: stage.name, actor: describeActor(env), holder, aliases, isGone: isHolderGone };
  return { ...connectRelease(target, app, { host, located }), who };
}

import type { IoHost } from "../../io/message.ts";
import { awaitTurn, type KnownAlias, type Lock, moveJournal, openJournal } from "../../release/engine.ts";
import { connectRelease, type ReleaseConnection } from "../release-ports.ts";
import type { Target } from "../target.ts";
import { type JournalStackRoles, makeJournalStack } from "./journal-stack.ts";
import { addressOf } from "./locate-journal.ts";

/** Who deploys, and through whom the journal's stack is made where it is missing. */
export interface SettleContext {
  readonly target: Target;
  readonly roles: JournalStackRoles;
  readonly app: string;
  readonly actor: string;
  readonly aliases: () => Promise<readonly KnownAlias[]>;
  readonly host: IoHost;
  readonly signal: AbortSignal;
  readonly isGone: (holder: string) => boolean;
  readonly onWait: (lock: Lock) => void;
}

/**
 * Prepares the journal before a deploy writes to it: creates its bucket, moves it from an older one, and repairs one
 * that is gone or damaged.
 */
export async function settleJournal(connection: ReleaseConnection, context: SettleContext): Promise<ReleaseConnection> {
  const { located, ports } = connection;
  const { place, bucket, hasBucket, isFound } = located;
  const { target, app, actor, aliases, host } = context;
  if (!hasBucket) await makeJournalStack(place, context.roles, context);
  if (hasBucket || isFound) {
    const { condition, trouble } = await openJournal(ports, { app, stage: target.stage, actor, aliases });
    if (trouble !== undefined)
      host.notify({ code: "JournalTrouble", level: "warn", text: describeTrouble(trouble, condition) });
  }
  if (bucket === place.bucket) return connection;
  await awaitTurn(ports, context);
  await moveJournal(target.aws, addressOf(target, app, bucket), addressOf(target, app, place.bucket), ports.clock);
  const text = `The release journal was moved from the bucket ${bucket} to ${place.bucket}.`;
  host.notify({ code: "JournalMoved", level: "info", text, data: { from: bucket, to: place.bucket } });
  return connectRelease(target, app, {
    host,
    located: { place, bucket: place.bucket, isFound: true, hasBucket: true },
  });
}

function describeTrouble(trouble: string, condition: string): string {
  const way = condition === "restorable" ? "its last version is restored" : "it is rebuilt from the aliases";
  return `Note: ${trouble}; ${way}.`;
}

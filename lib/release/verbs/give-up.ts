import type { JournalSession } from "../journal-session.ts";

/** Leaves the abort request for the driver that holds this very session. */
export async function giveUp(session: JournalSession, actor: string, at: number, reason?: string): Promise<void> {
  const wish = { verb: "abort", release: session.release!.id, actor, at } as const;
  await session.commit({ keptRequests: [reason === undefined ? wish : { ...wish, reason }], keepsTick: true });
}

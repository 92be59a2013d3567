import { randomUUID } from "node:crypto";
import { JournalSession } from "../journal-session.ts";
import type { ReleasePorts } from "../ports/ports.ts";
import type { VerbOptions } from "./outcome.ts";

/** Holds the lock while something works, and always releases it. */
export async function withSession<T>(
  ports: ReleasePorts,
  options: VerbOptions & { readonly takesOver?: boolean },
  work: (session: JournalSession) => Promise<T>,
): Promise<T> {
  const { app, stage, actor, leaseMs, takesOver } = options;
  const session = await JournalSession.acquire(ports.journal, ports.clock, {
    app,
    stage,
    actor,
    holder: options.holder ?? randomUUID(),
    ...(ports.onTransition === undefined ? {} : { onTransition: ports.onTransition }),
    notifies: ports.notifier !== undefined,
    ...(leaseMs === undefined ? {} : { leaseMs }),
    ...(takesOver === undefined ? {} : { takesOver }),
  });
  try {
    return await work(session);
  } finally {
    await session.close();
  }
}

import { randomUUID } from "node:crypto";
import { type JournalMemory, JournalSession } from "../journal-session.ts";
import type { ReleasePorts } from "../ports/ports.ts";
import type { VerbOptions } from "./outcome.ts";

/** Holds the lock while something works, and always releases it. */
export async function withSession<T>(
  ports: ReleasePorts,
  options: VerbOptions & { readonly takesOver?: boolean; readonly memory?: JournalMemory },
  work: (session: JournalSession) => Promise<T>,
): Promise<T> {
  const { app, stage, actor, leaseMs, takesOver, memory } = options;
  const session = await JournalSession.acquire(ports.journal, ports.clock, {
    app,
    stage,
    actor,
    holder: options.holder ?? randomUUID(),
    ...(ports.onTransition === undefined ? {} : { onTransition: ports.onTransition }),
    notifies: ports.notifier !== undefined,
    ...(leaseMs === undefined ? {} : { leaseMs }),
    ...(takesOver === undefined ? {} : { takesOver }),
    ...(memory === undefined ? {} : { memory }),
  });
  try {
    return await work(session);
  } finally {
    await session.close();
  }
}

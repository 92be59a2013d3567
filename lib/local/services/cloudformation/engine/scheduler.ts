import type { DependencyGraph } from "../../../../template/graph.ts";

/** How many resources of one stack are worked on at a time. */
const AT_ONCE = 16;

/**
 * Runs `work` for every node, each once all its dependencies are done. Nothing new is started once `isStopped`; running
 * work is awaited. `work` settles its own failures.
 */
export async function runGraph(
  graph: DependencyGraph,
  work: (id: string) => Promise<void>,
  isStopped: () => boolean,
): Promise<void> {
  const waiting = new Map([...graph].map(([id, targets]) => [id, new Set(targets)]));
  const running = new Map<string, Promise<string>>();
  for (;;) {
    if (!isStopped()) {
      for (const [id, targets] of waiting) {
        if (running.size >= AT_ONCE) break;
        if (targets.size > 0) continue;
        waiting.delete(id);
        running.set(
          id,
          work(id).then(() => id),
        );
      }
    }
    if (running.size === 0) return;
    const done = await Promise.race(running.values());
    running.delete(done);
    for (const targets of waiting.values()) targets.delete(done);
  }
}

import type { Member } from "./model.ts";

/**
 * Groups members so that each is in a later group than those it calls: callees first. Members that call each other in a
 * circle share a group. Calls to paths that are not members are ignored.
 */
export function buildLevels<M extends Pick<Member, "path" | "calls">>(members: readonly M[]): readonly M[][] {
  const waiting = new Map(members.map((member) => [member.path, member]));
  const levels: M[][] = [];
  while (waiting.size > 0) {
    const ready = [...waiting.values()].filter((member) => !callsAnyOf(member, waiting));
    const level = ready.length > 0 ? ready : circle(waiting);
    for (const member of level) waiting.delete(member.path);
    levels.push(level);
  }
  return levels;
}

function callsAnyOf<M extends Pick<Member, "path" | "calls">>(member: M, waiting: ReadonlyMap<string, M>): boolean {
  return member.calls.some((path) => path !== member.path && waiting.has(path));
}

/** The members of a circle that calls nothing outside itself: the smallest set that everything in it reaches. */
function circle<M extends Pick<Member, "path" | "calls">>(waiting: ReadonlyMap<string, M>): M[] {
  const reaches = [...waiting.values()].map((member) => reachable(member, waiting));
  const smallest = reaches.reduce((a, b) => (b.size < a.size ? b : a));
  return [...waiting.values()].filter((member) => smallest.has(member.path));
}

function reachable<M extends Pick<Member, "path" | "calls">>(from: M, waiting: ReadonlyMap<string, M>): Set<string> {
  const seen = new Set<string>([from.path]);
  const queue = [from];
  for (let member = queue.pop(); member !== undefined; member = queue.pop()) {
    for (const path of member.calls) {
      const called = waiting.get(path);
      if (called === undefined || seen.has(path)) continue;
      seen.add(path);
      queue.push(called);
    }
  }
  return seen;
}

import { formatPath, type Path } from "./syntax.ts";

/**
 * What AWS says of two paths in one expression that cannot both be meant: one inside the other, or one that takes for
 * a list what the other takes for a map. Undefined when all get along.
 */
export function findOverlap(paths: readonly Path[]): string | undefined {
  let conflict: string | undefined;
  for (const [at, path] of paths.entries()) {
    for (const earlier of paths.slice(0, at)) {
      const relation = relate(earlier, path);
      if (relation === "apart") continue;
      const message =
        `Two document paths ${relation} with each other; must remove or rewrite one of these paths; ` +
        `path one: ${formatPath(earlier)}, path two: ${formatPath(path)}`;
      if (relation === "overlap") return message;
      conflict ??= message;
    }
  }
  return conflict;
}

function relate(one: Path, two: Path): "apart" | "overlap" | "conflict" {
  for (let at = 0; at < Math.min(one.length, two.length); at++) {
    if (typeof one[at] !== typeof two[at]) return "conflict";
    if (one[at] !== two[at]) return "apart";
  }
  return "overlap";
}

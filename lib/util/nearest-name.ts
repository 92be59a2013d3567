/**
 * The name that a misspelt one most likely means: the one with the fewest typing errors, or else the one that has all
 * of its words (`delay` for `deliveryDelay`). Undefined where none comes close.
 */
export function tryFindNearestName(given: string, names: readonly string[]): string | undefined {
  const most = Math.max(1, Math.floor(given.length / 4));
  const typed = closest(names.map((name) => [name, typingErrors(given.toLowerCase(), name.toLowerCase())]));
  if (typed !== undefined && typed[1] <= most) return typed[0];
  const words = wordsOf(given);
  if (words.length === 0) return undefined;
  const containing = names.filter((name) => {
    const others = wordsOf(name);
    return words.every((word) => others.includes(word)) || others.every((word) => words.includes(word));
  });
  return closest(containing.map((name) => [name, Math.abs(name.length - given.length)]))?.[0];
}

/** The words of a name in camel case, in lower case and in the singular. */
export function wordsOf(name: string): string[] {
  return name
    .split(/(?=[A-Z])|[^A-Za-z0-9]+/)
    .filter((word) => word !== "")
    .map((word) => word.toLowerCase().replace(/s$/, ""));
}

function closest(distances: readonly (readonly [string, number])[]): readonly [string, number] | undefined {
  return distances.toSorted(([, a], [, b]) => a - b)[0];
}

/** Optimal string alignment distance: letters that were left out, added, replaced or swapped with their neighbour. */
function typingErrors(from: string, to: string): number {
  const rows: number[][] = [Array.from({ length: to.length + 1 }, (_, column) => column)];
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const at = (up: number, left: number) => (up === 0 ? current : rows[row - up])?.[column - left] ?? Infinity;
      const replaced = at(1, 1) + (from[row - 1] === to[column - 1] ? 0 : 1);
      const isSwapped = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      current.push(Math.min(at(1, 0) + 1, at(0, 1) + 1, replaced, isSwapped ? at(2, 2) + 1 : Infinity));
    }
    rows.push(current);
  }
  return rows.at(-1)?.at(-1) ?? Infinity;
}

import { wordsOf } from "../../lib/util/nearest-name.ts";

/** A construct's props beside those of its L2, and what was decided of the differences. */
export interface PropsComparison {
  readonly ours: readonly string[];
  readonly l2: readonly string[];
  /** Props of the L2 that are not offered, each with the reason. */
  readonly leftOut: Readonly<Record<string, string>>;
  /** Props that the L2 does not have, each with what it is that no prop of the L2 means. */
  readonly own: Readonly<Record<string, string>>;
}

/** What is wrong with the names of a construct's props. */
export function compareProps({ ours, l2, leftOut, own }: PropsComparison): string[] {
  const offered = new Set(ours);
  const known = new Set(l2);
  const additions = ours.filter((name) => !known.has(name));
  return [
    ...l2
      .filter((name) => !offered.has(name) && leftOut[name] === undefined)
      .map((name) => `${name}: the L2 has it; offer it, or list it with a reason`),
    ...additions
      .filter((name) => own[name] === undefined)
      .map((name) => `${name}: the L2 has no such prop; use the L2's name, or list what it is`),
    ...additions.flatMap((name) =>
      l2
        .filter((other) => !offered.has(other) && mayMeanTheSame(name, other))
        .map((other) => `${name}: named like the L2's ${other}, which is not offered; use the L2's name`),
    ),
    ...Object.keys(leftOut)
      .filter((name) => offered.has(name) || !known.has(name))
      .map((name) => `${name}: listed as left out, but it is offered or the L2 does not have it`),
    ...Object.keys(own)
      .filter((name) => !additions.includes(name))
      .map((name) => `${name}: listed as an addition, but it is not one`),
  ];
}

/** Whether one name has all the words of the other: `delay` and `deliveryDelay`. */
function mayMeanTheSame(name: string, other: string): boolean {
  const [words, others] = [wordsOf(name), wordsOf(other)];
  return words.every((word) => others.includes(word)) || others.every((word) => words.includes(word));
}

/** A step of a path: a member, an item, or all items. */
type Step = string | number | typeof ALL;

const ALL = Symbol("all items");

const STEP = /\.([^.[\]'"\s]+)|\[(\d+)\]|\[(\*)\]|\['([^']*)'\]|\["([^"]*)"\]/y;

/** Reads a path such as `$.detail.items[0]['a b']`; undefined where it is none. */
export function parseJsonPath(path: string): readonly Step[] | undefined {
  if (!path.startsWith("$")) return undefined;
  const steps: Step[] = [];
  STEP.lastIndex = 1;
  while (STEP.lastIndex < path.length) {
    const found = STEP.exec(path);
    if (found === null) return undefined;
    const [, member, index, all, single, double] = found;
    if (all !== undefined) steps.push(ALL);
    else steps.push(index === undefined ? (member ?? single ?? double)! : Number(index));
  }
  return steps;
}

/** What is at the path; undefined where there is nothing. */
export function readJsonPath(value: unknown, steps: readonly Step[]): unknown {
  const [step, ...rest] = steps;
  if (step === undefined) return value;
  if (typeof value !== "object" || value === null) return undefined;
  if (step === ALL) {
    const found = Object.values(value).map((each) => readJsonPath(each, rest));
    return found.filter((each) => each !== undefined);
  }
  if (!Object.hasOwn(value, step)) return undefined;
  return readJsonPath((value as Record<string | number, unknown>)[step], rest);
}

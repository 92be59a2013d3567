import type { AliasShape, AliasTarget } from "./model.ts";

/** Whether two aliases serve the same. Weights are compared to a millionth of a percent: services store fractions. */
export function isSameShape(a: AliasShape, b: AliasShape): boolean {
  if (isEqual(a, b)) return true;
  return (a.unordered === true || b.unordered === true) && isEqual(swapped(a), b);
}

function isEqual(a: AliasShape, b: AliasShape): boolean {
  if (a.primary !== b.primary) return false;
  if (a.additional === undefined || b.additional === undefined) return a.additional === b.additional;
  return a.additional.version === b.additional.version && Math.abs(a.additional.percent - b.additional.percent) < 1e-6;
}

function swapped(shape: AliasShape): AliasShape {
  if (shape.additional === undefined) return shape;
  const { version, percent } = shape.additional;
  return { primary: version, additional: { version: shape.primary, percent: 100 - percent } };
}

/** For example `3`, or `3 with 10 % on 4`. Versions named by ARN are shown by their number. */
export function describeShape({ primary, additional }: AliasShape): string {
  if (additional === undefined) return lastPart(primary);
  return `${lastPart(primary)} with ${additional.percent} % on ${lastPart(additional.version)}`;
}

/** An alias as people read it: `list:live`, without the rest of an ARN. */
export function describeTarget({ name, alias }: AliasTarget): string {
  return `${lastPart(name)}:${alias}`;
}

function lastPart(name: string): string {
  return name.startsWith("arn:") ? name.slice(name.lastIndexOf(":") + 1) : name;
}

/** Leaves only what an alias serves. */
export function shapeOf(shape: AliasShape): AliasShape {
  const { primary, additional, unordered } = shape;
  return {
    primary,
    ...(additional === undefined ? {} : { additional: { ...additional } }),
    ...(unordered === undefined ? {} : { unordered }),
  };
}

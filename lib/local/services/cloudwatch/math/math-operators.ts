import type { Operator } from "./expression.ts";
import { MathError } from "./math-error.ts";
import { list, mapPoints, scalar, series, type MathValue, type TimeSeries } from "./math-value.ts";

const COMPUTE: Readonly<Record<Operator, (a: number, b: number) => number>> = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => a / b,
  "^": (a, b) => a ** b,
  "<": (a, b) => Number(a < b),
  "<=": (a, b) => Number(a <= b),
  ">": (a, b) => Number(a > b),
  ">=": (a, b) => Number(a >= b),
  "==": (a, b) => Number(a === b),
  "!=": (a, b) => Number(a !== b),
  "&&": (a, b) => Number(a !== 0 && b !== 0),
  "||": (a, b) => Number(a !== 0 || b !== 0),
};

/**
 * Numbers with numbers, series point by point; a point that only one of two series has is left out, and so is what
 * has no value, such as a division by zero.
 */
export function operate(operator: Operator, left: MathValue, right: MathValue): MathValue {
  const compute = COMPUTE[operator];
  if (left.kind === "text" || right.kind === "text") throw new MathError(`'${operator}' does not take a text`);
  if (left.kind === "list" || right.kind === "list") return operateOnLists(operator, left, right);
  if (left.kind === "scalar")
    return right.kind === "scalar"
      ? scalar(compute(left.value, right.value))
      : series(mapPoints(right.series, (value) => compute(left.value, value)));
  if (right.kind === "scalar") return series(mapPoints(left.series, (value) => compute(value, right.value)));
  return series(joined(left.series, right.series, compute));
}

function operateOnLists(operator: Operator, left: MathValue, right: MathValue): MathValue {
  const size = left.kind === "list" ? left.list.length : (right as { list: readonly TimeSeries[] }).list.length;
  if (left.kind === "list" && right.kind === "list" && right.list.length !== size)
    throw new MathError(`'${operator}' takes two lists of the same length`);
  const at = (value: MathValue, index: number) => (value.kind === "list" ? series(value.list[index]!) : value);
  const all = Array.from({ length: size }, (_, index) => operate(operator, at(left, index), at(right, index)));
  return list(all.flatMap((one) => (one.kind === "series" ? [one.series] : [])));
}

function joined(left: TimeSeries, right: TimeSeries, compute: (a: number, b: number) => number): TimeSeries {
  return mapPoints(left, (value, atMs) => {
    const other = right.points.get(atMs);
    return other === undefined ? undefined : compute(value, other);
  });
}

import type { Value } from "../values/attribute-value.ts";

/** A clause of an update expression. */
export type Section = "SET" | "REMOVE" | "ADD" | "DELETE";

/** Where in an item: attribute names, and positions in lists. The first is always a name. */
export type Path = readonly (string | number)[];

/** A document path: `a.b[1]`. */
export interface PathOperand {
  readonly kind: "path";
  readonly path: Path;
  /** What is wrong with a name in it; the checks say it at their turn. */
  readonly undefinedName?: string;
  readonly reservedWord?: string;
}

/** A `:value`, with its attribute value. */
export interface ValueOperand {
  readonly kind: "value";
  readonly value: Value;
  readonly undefinedValue?: string;
}

/** A function and its arguments: `size(a)`. */
export interface CallOperand {
  readonly kind: "call";
  readonly name: string;
  readonly args: readonly Operand[];
}

/** `a + b` or `a - b` in a SET action. */
export interface SumOperand {
  readonly kind: "sum";
  readonly operator: "+" | "-";
  readonly left: Operand;
  readonly right: Operand;
}

/** What an expression compares, assigns or passes to a function. */
export type Operand = PathOperand | ValueOperand | CallOperand | SumOperand;

/** An operator that compares two operands. */
export type Comparator = "=" | "<>" | "<" | "<=" | ">" | ">=";

/** `a < b`. */
export interface CompareCondition {
  readonly kind: "compare";
  readonly operator: Comparator;
  readonly left: Operand;
  readonly right: Operand;
}

/** `a BETWEEN b AND c`, with both ends included. */
export interface BetweenCondition {
  readonly kind: "between";
  readonly operand: Operand;
  readonly low: Operand;
  readonly high: Operand;
}

interface InCondition {
  readonly kind: "in";
  readonly operand: Operand;
  readonly options: readonly Operand[];
}

/** A condition, filter or key condition expression as a tree. */
export type Condition =
  | { readonly kind: "and"; readonly left: Condition; readonly right: Condition }
  | { readonly kind: "or"; readonly left: Condition; readonly right: Condition }
  | { readonly kind: "not"; readonly condition: Condition }
  | CompareCondition
  | BetweenCondition
  | InCondition
  | CallOperand;

/** A condition without conditions inside. */
export type SimpleCondition = CompareCondition | BetweenCondition | InCondition | CallOperand;

interface SetAction {
  readonly kind: "SET";
  readonly target: PathOperand;
  readonly value: Operand;
}

interface RemoveAction {
  readonly kind: "REMOVE";
  readonly target: PathOperand;
}

interface AddOrDeleteAction {
  readonly kind: "ADD" | "DELETE";
  readonly target: PathOperand;
  readonly value: ValueOperand;
}

/** One action of an update expression. */
export type UpdateAction = SetAction | RemoveAction | AddOrDeleteAction;

/** The simple conditions of a tree, from left to right. */
export function simpleConditions(condition: Condition): SimpleCondition[] {
  switch (condition.kind) {
    case "and":
    case "or":
      return [...simpleConditions(condition.left), ...simpleConditions(condition.right)];
    case "not":
      return simpleConditions(condition.condition);
    default:
      return [condition];
  }
}

/** The direct operands of a simple condition. */
export function operandsOf(condition: SimpleCondition): readonly Operand[] {
  switch (condition.kind) {
    case "compare":
      return [condition.left, condition.right];
    case "between":
      return [condition.operand, condition.low, condition.high];
    case "in":
      return [condition.operand, ...condition.options];
    default:
      return condition.args;
  }
}

/** The operand and all operands inside it, in the order of writing. */
export function allOperands(operand: Operand): Operand[] {
  if (operand.kind === "call") return [operand, ...operand.args.flatMap(allOperands)];
  if (operand.kind === "sum") return [operand, ...allOperands(operand.left), ...allOperands(operand.right)];
  return [operand];
}

/** A path as AWS writes it in refusals: `[a, b, [0]]`. */
export function formatPath(path: Path): string {
  return `[${path.map((part) => (typeof part === "number" ? `[${part}]` : part)).join(", ")}]`;
}

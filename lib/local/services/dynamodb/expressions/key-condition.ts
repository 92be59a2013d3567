import { invalidParameter, validationError } from "../errors.ts";
import type { ByteRange } from "../rows/item-range.ts";
import type { Key } from "../tables/table-schema.ts";
import { typeOf, type Value } from "../values/attribute-value.ts";
import { bytesAfterPrefix, keyBytes } from "../values/key-bytes.ts";
import type { Comparator, Condition, Operand, SimpleCondition } from "./syntax.ts";

/** How a key condition compares a key attribute. */
export type KeyOperator = "=" | "<" | "<=" | ">" | ">=" | "between" | "begins_with" | "other";

/** A condition on one attribute of a key. */
export interface KeyComparison {
  readonly operator: KeyOperator;
  readonly values: readonly Value[];
}

/** The conditions of a query by the attribute that they are on. */
export type KeyComparisons = ReadonlyMap<string, KeyComparison>;

/** Takes a key condition apart. Refuses what AWS refuses before it knows the key. */
export function readKeyCondition(condition: Condition): KeyComparisons {
  const comparisons = new Map<string, KeyComparison>();
  for (const simple of conjuncts(condition)) {
    const { attribute, ...comparison } = readComparison(simple);
    if (comparisons.has(attribute))
      throw validationError("KeyConditionExpressions must only contain one condition per key");
    comparisons.set(attribute, comparison);
  }
  if (comparisons.size > 2) throw validationError("Conditions can be of length 1 or 2 only");
  return comparisons;
}

/** The partition and the stretch of sort keys that the query reads. Refuses what does not fit the key. */
export function resolveKeyCondition(key: Key, comparisons: KeyComparisons): { partition: Value; range: ByteRange } {
  if (!key.sort && comparisons.size > 1) throw validationError("Query key condition not supported");
  const partition = comparisons.get(key.partition.name);
  if (!partition) throw validationError(`Query condition missed key schema element: ${key.partition.name}`);
  const sort = key.sort && comparisons.get(key.sort.name);
  if (!sort && comparisons.size > 1)
    throw validationError(`Query condition missed key schema element: ${key.sort!.name}`);
  checkComparison(partition, key.partition);
  if (partition.operator !== "=") throw validationError("Query key condition not supported");
  if (sort) checkComparison(sort, key.sort);
  return { partition: partition.values[0]!, range: sort ? byteRange(sort) : {} };
}

function checkComparison({ operator, values }: KeyComparison, { name, type }: { name: string; type: string }): void {
  if (operator === "other") throw validationError("Attempted conditional constraint is not an indexable operation");
  for (const value of values) {
    if (typeOf(value) !== type) throw invalidParameter("Condition parameter type does not match schema type");
    if (keyBytes(value).length === 0 && operator !== "begins_with")
      throw invalidParameter(
        `The AttributeValue for a key attribute cannot contain an empty ${type === "S" ? "string" : "binary"} value. Key: ${name}`,
      );
  }
}

function byteRange({ operator, values }: KeyComparison): ByteRange {
  const [first, second] = values.map(keyBytes);
  const bytes = first!;
  switch (operator) {
    case "=":
      return { low: { bytes, inclusive: true }, high: { bytes, inclusive: true } };
    case "<":
    case "<=":
      return { high: { bytes, inclusive: operator === "<=" } };
    case ">":
    case ">=":
      return { low: { bytes, inclusive: operator === ">=" } };
    case "between":
      return { low: { bytes, inclusive: true }, high: { bytes: second!, inclusive: true } };
    default: {
      const after = bytesAfterPrefix(bytes);
      return { low: { bytes, inclusive: true }, ...(after && { high: { bytes: after, inclusive: false } }) };
    }
  }
}

function conjuncts(condition: Condition): SimpleCondition[] {
  if (condition.kind === "and") return [...conjuncts(condition.left), ...conjuncts(condition.right)];
  if (condition.kind === "or") throw badOperator("OR");
  if (condition.kind === "not") throw badOperator("NOT");
  if (condition.kind === "in") throw badOperator("IN");
  if (condition.kind === "compare" && condition.operator === "<>") throw badOperator("<>");
  if (condition.kind === "call" && condition.name !== "begins_with") throw badOperator(condition.name);
  return [condition];
}

const MIRRORED: Record<Comparator, KeyOperator> = {
  "=": "=",
  "<>": "other",
  "<": ">",
  "<=": ">=",
  ">": "<",
  ">=": "<=",
};

function readComparison(condition: SimpleCondition): KeyComparison & { attribute: string } {
  switch (condition.kind) {
    case "compare": {
      const operands = [condition.left, condition.right];
      const attribute = attributeOf(operands);
      const mirrored = condition.left.kind !== "path";
      const operator = mirrored ? MIRRORED[condition.operator] : (condition.operator as KeyOperator);
      return { attribute, operator, values: valuesOf(operands) };
    }
    case "between": {
      checkFirst(condition.operand, "BETWEEN");
      const operands = [condition.operand, condition.low, condition.high];
      return { attribute: attributeOf(operands), operator: "between", values: valuesOf(operands) };
    }
    case "call":
      checkFirst(condition.args[0]!, condition.name);
      return { attribute: attributeOf(condition.args), operator: "begins_with", values: valuesOf(condition.args) };
    default:
      throw badOperator("IN");
  }
}

function attributeOf(operands: readonly Operand[]): string {
  if (operands.some((operand) => operand.kind === "call" || operand.kind === "sum"))
    throw validationError("KeyConditionExpressions cannot contain nested operations");
  const paths = operands.flatMap((operand) => (operand.kind === "path" ? [operand.path] : []));
  if (paths.length > 1) throw badCondition("Multiple attribute names used in one condition");
  if (paths.length === 0) throw badCondition("No key attribute specified");
  if (paths[0]!.length > 1)
    throw validationError("KeyConditionExpressions cannot have conditions on nested attributes");
  return String(paths[0]![0]);
}

function valuesOf(operands: readonly Operand[]): Value[] {
  return operands.flatMap((operand) => (operand.kind === "value" ? [operand.value] : []));
}

function checkFirst(operand: Operand, name: string): void {
  if (operand.kind === "value") throw badCondition(`${name} operator must have the key attribute as its first operand`);
}

function badOperator(operator: string): Error {
  return validationError(`Invalid operator used in KeyConditionExpression: ${operator}`);
}

function badCondition(message: string): Error {
  return validationError(`Invalid condition in KeyConditionExpression: ${message}`);
}

import { readConditionOperator, type ConditionOperator } from "./condition-operators.ts";
import type { Condition } from "./policy-document.ts";
import { asLiteral, asWritten, type Expand, type RequestFacts } from "./policy-variables.ts";

/** Whether one condition of a statement holds for what is known of a request. */
export function matchesCondition({ operator: written, key, values }: Condition, facts: RequestFacts, expand: Expand) {
  const operator = readConditionOperator(written);
  if (operator === undefined) return false;
  const actual = facts.get(key.toLowerCase()) ?? [];
  if (operator.presence) return values.some((value) => (value.toLowerCase() === "true") === (actual.length === 0));
  return actual.length === 0 ? holdsForAbsent(operator) : holdsFor(operator, actual, expandAll(values, expand));
}

/** A negated operator holds for a key that is absent: it does not have the value. */
function holdsForAbsent({ ifExists, quantifier, negated }: ConditionOperator): boolean {
  return ifExists || quantifier === "ForAllValues" || (negated && quantifier === undefined);
}

function holdsFor(operator: ConditionOperator, actual: readonly string[], expected: readonly string[]): boolean {
  const { compare, negated, quantifier, wildcards } = operator;
  const isEqual = (each: string, value: string) =>
    wildcards ? compare(asLiteral(each), value) : compare(each, asWritten(value));
  const test = (each: string) => expected.some((value) => isEqual(each, value)) !== negated;
  if (quantifier === "ForAllValues") return actual.every(test);
  if (quantifier === "ForAnyValue") return actual.some(test);
  return negated ? actual.every(test) : actual.some(test);
}

function expandAll(values: readonly string[], expand: Expand): string[] {
  return values.map(expand).filter((value) => value !== undefined);
}

import { BlockList, isIP } from "node:net";
import { matchesWildcards } from "../util/match-wildcards.ts";
import { matchesArn } from "./match-arn.ts";

/** Compares one value of the request with one value of the policy. */
export type Comparison = (actual: string, expected: string) => boolean;

/** A condition operator, taken apart. */
export interface ConditionOperator {
  readonly compare: Comparison;
  /** Holds where no value compares. */
  readonly negated: boolean;
  /** The values of the policy are patterns. */
  readonly wildcards: boolean;
  readonly ifExists: boolean;
  readonly quantifier: "ForAllValues" | "ForAnyValue" | undefined;
  /** The operator `Null`, which only tests whether the key is present. */
  readonly presence: boolean;
}

const equals: Comparison = (actual, expected) => actual === expected;
const equalsIgnoringCase: Comparison = (actual, expected) => actual.toLowerCase() === expected.toLowerCase();
const like: Comparison = (actual, expected) => matchesWildcards(expected, actual);
const arnLike: Comparison = (actual, expected) => matchesArn(expected, actual);
const inRange: Comparison = (actual, expected) => isInRange(actual, expected);

const COMPARISONS = new Map<string, Comparison>([
  ["StringEquals", equals],
  ["StringEqualsIgnoreCase", equalsIgnoringCase],
  ["StringLike", like],
  ["NumericEquals", numeric((actual, expected) => actual === expected)],
  ["NumericLessThan", numeric((actual, expected) => actual < expected)],
  ["NumericLessThanEquals", numeric((actual, expected) => actual <= expected)],
  ["NumericGreaterThan", numeric((actual, expected) => actual > expected)],
  ["NumericGreaterThanEquals", numeric((actual, expected) => actual >= expected)],
  ["DateEquals", dated((actual, expected) => actual === expected)],
  ["DateLessThan", dated((actual, expected) => actual < expected)],
  ["DateLessThanEquals", dated((actual, expected) => actual <= expected)],
  ["DateGreaterThan", dated((actual, expected) => actual > expected)],
  ["DateGreaterThanEquals", dated((actual, expected) => actual >= expected)],
  ["Bool", equalsIgnoringCase],
  ["BinaryEquals", equals],
  ["IpAddress", inRange],
  ["ArnEquals", arnLike],
  ["ArnLike", arnLike],
]);

const PATTERNED: ReadonlySet<Comparison> = new Set([like, arnLike]);

/** The operators that deny another: `StringNotEquals` is `StringEquals`, negated. */
const NEGATIONS = new Map([
  ["StringNotEquals", "StringEquals"],
  ["StringNotEqualsIgnoreCase", "StringEqualsIgnoreCase"],
  ["StringNotLike", "StringLike"],
  ["NumericNotEquals", "NumericEquals"],
  ["DateNotEquals", "DateEquals"],
  ["NotIpAddress", "IpAddress"],
  ["ArnNotEquals", "ArnEquals"],
  ["ArnNotLike", "ArnLike"],
]);

/** Takes an operator apart; undefined where there is no such operator. */
export function readConditionOperator(written: string): ConditionOperator | undefined {
  const match = /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/.exec(written);
  if (match === null) return undefined;
  const [, quantifier, name = "", ifExists] = match;
  const compare = COMPARISONS.get(NEGATIONS.get(name) ?? name);
  if (name !== "Null" && compare === undefined) return undefined;
  return {
    compare: compare ?? equals,
    negated: NEGATIONS.has(name),
    wildcards: compare !== undefined && PATTERNED.has(compare),
    ifExists: ifExists !== undefined,
    quantifier: quantifier === "ForAllValues" || quantifier === "ForAnyValue" ? quantifier : undefined,
    presence: name === "Null",
  };
}

/** Whether IAM has the operator, with its `ForAllValues:`/`ForAnyValue:` prefix and `IfExists` suffix. */
export function isConditionOperator(written: string): boolean {
  return readConditionOperator(written) !== undefined;
}

function numeric(compare: (actual: number, expected: number) => boolean): Comparison {
  return (actual, expected) => compare(Number(actual), Number(expected));
}

/** ISO 8601 or seconds since the epoch. */
function dated(compare: (actual: number, expected: number) => boolean): Comparison {
  const read = (text: string) => (/^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text));
  return (actual, expected) => compare(read(actual), read(expected));
}

function isInRange(address: string, range: string): boolean {
  const [base = "", bits] = range.split("/");
  const family = isIP(address) === 6 ? "ipv6" : "ipv4";
  if (isIP(address) === 0 || isIP(base) !== isIP(address)) return false;
  const list = new BlockList();
  if (bits === undefined) list.addAddress(base, family);
  else list.addSubnet(base, Number(bits), family);
  return list.check(address, family);
}

import { isInRange, tryParseIp, type IpRange } from "./ip-range.ts";
import { matchesWildcard, type Wildcard } from "./wildcard.ts";

/** A value at the end of a path of an event. */
export type Scalar = string | number | boolean | null;

/** One alternative of a pattern's list. */
export type ValueTest = (value: Scalar) => boolean;

const onText =
  (test: (text: string) => boolean): ValueTest =>
  (value) =>
    typeof value === "string" && test(value);

/** Addresses are equal however they are written. */
export function isExactly(wanted: Scalar): ValueTest {
  const ip = typeof wanted === "string" ? tryParseIp(wanted) : undefined;
  if (ip === undefined) return (value) => value === wanted;
  return isInCidr({ bits: ip.bits, first: ip.value, last: ip.value });
}

/** The same for several values, at the cost of one: lists of a pattern may hold hundreds. */
export function isOneOf(wanted: readonly Scalar[]): ValueTest {
  const plain = new Set(wanted.filter((each) => typeof each !== "string" || tryParseIp(each) === undefined));
  const addresses = wanted.filter((each) => !plain.has(each)).map(isExactly);
  return (value) => plain.has(value) || addresses.some((test) => test(value));
}

/** `{"prefix": …}`. */
export const hasPrefix = (prefix: string): ValueTest => onText((text) => text.startsWith(prefix));

/** `{"suffix": …}`. */
export const hasSuffix = (suffix: string): ValueTest => onText((text) => text.endsWith(suffix));

/** `{"prefix": {"equals-ignore-case": …}}`. */
export function hasPrefixIgnoringCase(prefix: string): ValueTest {
  const wanted = prefix.toLowerCase();
  return onText((text) => text.toLowerCase().startsWith(wanted));
}

/** `{"suffix": {"equals-ignore-case": …}}`. */
export function hasSuffixIgnoringCase(suffix: string): ValueTest {
  const wanted = suffix.toLowerCase();
  return onText((text) => text.toLowerCase().endsWith(wanted));
}

/** `{"equals-ignore-case": …}`. */
export function equalsIgnoringCase(text: string): ValueTest {
  const wanted = text.toLowerCase();
  return onText((value) => value.toLowerCase() === wanted);
}

/** `{"wildcard": …}`. */
export const fitsWildcard = (wildcard: Wildcard): ValueTest => onText((text) => matchesWildcard(wildcard, text));

/** `{"cidr": …}`. */
export const isInCidr = (range: IpRange): ValueTest => onText((text) => isInRange(range, text));

/** `{"exists": true}`: any value matches. */
export const isAnyValue: ValueTest = () => true;

/** None of the tests holds. */
export function isNoneOf(tests: readonly ValueTest[]): ValueTest {
  return (value) => !tests.some((test) => test(value));
}

/** A number between two bounds; each may be missing, open or closed. */
export interface NumberRange {
  readonly above?: number;
  readonly atLeast?: number;
  readonly below?: number;
  readonly atMost?: number;
}

/** `{"numeric": [...]}`. */
export function isNumberIn(range: NumberRange): ValueTest {
  const { above = -Infinity, atLeast = -Infinity, below = Infinity, atMost = Infinity } = range;
  return (value) => typeof value === "number" && value > above && value >= atLeast && value < below && value <= atMost;
}

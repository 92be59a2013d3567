import { validationError } from "../errors.ts";

/** An exact decimal number: `0.d1d2d3… × 10^(exponent+1)`, that is, `exponent` belongs to the first digit. */
export interface Decimal {
  readonly negative: boolean;
  /** Significant digits without zeros at either end; empty for zero. */
  readonly digits: string;
  /** The power of ten of the first digit; 0 for zero. */
  readonly exponent: number;
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html#limits-data-types-number */
const MAX_DIGITS = 38;
const MAX_EXPONENT = 125;
const MIN_EXPONENT = -130;

const NUMBER = /^([+-]?)(?:(\d+)\.?(\d*)|\.(\d+))(?:[eE]([+-]?\d+))?$/;

/** Reads a number as DynamoDB does, and refuses what it cannot store. */
export function parseDecimal(text: string): Decimal {
  if (text === "") throw validationError("The parameter cannot be converted to a numeric value");
  const match = NUMBER.exec(text);
  if (!match) throw validationError(`The parameter cannot be converted to a numeric value: ${text}`);
  const [, sign, whole = "", fraction = "", bareFraction = "", power = "0"] = match;
  const decimals = fraction + bareFraction;
  return checkRange(normalise(sign === "-", whole + decimals, whole.length - 1 + Number(power)));
}

/** Reads a number that has been stored, and so is known to be good. */
export function readDecimal(text: string): Decimal {
  const negative = text.startsWith("-");
  const point = text.indexOf(".");
  const start = negative ? 1 : 0;
  const whole = point < 0 ? text.slice(start) : text.slice(start, point);
  return normalise(negative, point < 0 ? whole : whole + text.slice(point + 1), whole.length - 1);
}

/** Plain notation, as DynamoDB gives numbers back: no exponent, no zeros that say nothing. */
export function formatDecimal({ negative, digits, exponent }: Decimal): string {
  if (digits === "") return "0";
  const sign = negative ? "-" : "";
  if (exponent < 0) return `${sign}0.${"0".repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, "0");
  const fraction = digits.slice(exponent + 1);
  return fraction === "" ? sign + whole : `${sign}${whole}.${fraction}`;
}

/** Negative, zero or positive, as `a` is less than, equal to or greater than `b`. */
export function compareDecimals(a: Decimal, b: Decimal): number {
  const signs = signOf(a) - signOf(b);
  if (signs !== 0 || a.digits === "") return signs;
  const magnitude = a.exponent - b.exponent || (a.digits < b.digits ? -1 : a.digits > b.digits ? 1 : 0);
  return a.negative ? 0 - magnitude : magnitude;
}

/** The exact sum; refused where DynamoDB cannot store it. */
export function addDecimals(a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(fractionLength(a), fractionLength(b), 0);
  const sum = scaled(a, scale) + scaled(b, scale);
  const text = (sum < 0n ? -sum : sum).toString();
  return checkRange(normalise(sum < 0n, text, text.length - 1 - scale));
}

/** The number with the opposite sign. */
export function negateDecimal(value: Decimal): Decimal {
  return value.digits === "" ? value : { ...value, negative: !value.negative };
}

function normalise(negative: boolean, allDigits: string, exponent: number): Decimal {
  let start = 0;
  let end = allDigits.length;
  while (start < end && allDigits.charCodeAt(start) === 48) start++;
  while (end > start && allDigits.charCodeAt(end - 1) === 48) end--;
  if (start === end) return { negative: false, digits: "", exponent: 0 };
  return { negative, digits: allDigits.slice(start, end), exponent: exponent - start };
}

function checkRange(value: Decimal): Decimal {
  if (value.exponent > MAX_EXPONENT)
    throw validationError("Number overflow. Attempting to store a number with magnitude larger than supported range");
  if (value.exponent < MIN_EXPONENT)
    throw validationError("Number underflow. Attempting to store a number with magnitude smaller than supported range");
  if (value.digits.length > MAX_DIGITS)
    throw validationError("Attempting to store more than 38 significant digits in a Number");
  return value;
}

function signOf({ negative, digits }: Decimal): number {
  if (digits === "") return 0;
  return negative ? -1 : 1;
}

/** How many digits are behind the point; negative when zeros are before it. */
function fractionLength({ digits, exponent }: Decimal): number {
  return digits.length - 1 - exponent;
}

function scaled(value: Decimal, scale: number): bigint {
  if (value.digits === "") return 0n;
  const magnitude = BigInt(value.digits) * 10n ** BigInt(scale - fractionLength(value));
  return value.negative ? -magnitude : magnitude;
}

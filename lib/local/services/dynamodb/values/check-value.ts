import { formatDecimal, parseDecimal } from "./decimal.ts";
import { emptyItem, VALUE_TYPES, type Item, type Value, type ValueType } from "./attribute-value.ts";
import { invalidParameter, validationError } from "../errors.ts";

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html#limits-attributes */
const MAX_NESTING = 32;

/** A value as it comes from outside: any of the types' keys, or none, or several. */
export type RawValue = Readonly<Partial<Record<ValueType, unknown>>> | object;
/** An item as a request gives it, not checked yet. */
export type RawItem = Readonly<Record<string, RawValue>>;

/** Checks the attributes from outside and gives them back canonical, in a record of our own. */
export function checkItem(raw: RawItem): Item {
  const item = emptyItem();
  for (const [name, value] of Object.entries(raw)) item[name] = checkValue(value);
  return item;
}

/** Checks a value from outside and gives it back canonical: one type, plain numbers, sets without duplicates. */
export function checkValue(raw: RawValue, depth = 1): Value {
  const given = raw as Partial<Record<ValueType, unknown>>;
  const types = VALUE_TYPES.filter((type) => given[type] !== undefined && given[type] !== null);
  const [type] = types;
  if (type === undefined)
    throw validationError("Supplied AttributeValue is empty, must contain exactly one of the supported datatypes");
  const value = canonical[type](given[type], depth);
  if (types.length > 1)
    throw validationError(
      "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes",
    );
  return value;
}

/** Refuses an item that an update has made too deep. */
export function checkNesting(item: Item, depth = 1): void {
  for (const name in item) checkNestingOf(item[name]!, depth);
}

function checkNestingOf(value: Value, depth: number): void {
  if ("L" in value) {
    checkDepth(depth);
    for (const element of value.L) checkNestingOf(element, depth + 1);
  } else if ("M" in value) {
    checkDepth(depth);
    checkNesting(value.M, depth + 1);
  }
}

const canonical: Record<ValueType, (value: unknown, depth: number) => Value> = {
  S: (value) => ({ S: value as string }),
  N: (value) => ({ N: canonicalNumber(value as string) }),
  B: (value) => ({ B: value as Uint8Array }),
  BOOL: (value) => ({ BOOL: value as boolean }),
  NULL: () => ({ NULL: true }),
  SS: (value) => ({ SS: checkStringSet(value as string[]) }),
  NS: (value) => ({ NS: checkNumberSet(value as string[]) }),
  BS: (value) => ({ BS: checkBinarySet(value as Uint8Array[]) }),
  L: (value, depth) => {
    checkDepth(depth);
    return { L: (value as RawValue[]).map((element) => checkValue(element, depth + 1)) };
  },
  M: (value, depth) => {
    checkDepth(depth);
    const map = emptyItem();
    for (const [name, member] of Object.entries(value as RawItem)) map[name] = checkValue(member, depth + 1);
    return { M: map };
  },
};

function canonicalNumber(text: string): string {
  return formatDecimal(parseDecimal(text));
}

function checkStringSet(values: string[]): string[] {
  if (values.length === 0) throw invalidParameter("An string set  may not be empty");
  if (new Set(values).size < values.length)
    throw invalidParameter(`Input collection [${values.join(", ")}] contains duplicates.`);
  return values;
}

function checkNumberSet(values: string[]): string[] {
  if (values.length === 0) throw invalidParameter("An number set  may not be empty");
  const numbers = values.map((value) => canonicalNumber(value));
  if (new Set(numbers).size < numbers.length) throw validationError("Input collection contains duplicates");
  return numbers;
}

function checkBinarySet(values: Uint8Array[]): Uint8Array[] {
  if (values.length === 0) throw invalidParameter("Binary sets should not be empty");
  const texts = values.map((value) => Buffer.from(value).toString("base64"));
  if (new Set(texts).size < texts.length)
    throw invalidParameter(`Input collection [${texts.join(", ")}]of type BS contains duplicates.`);
  return values;
}

function checkDepth(depth: number): void {
  if (depth > MAX_NESTING)
    throw validationError(
      "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit",
    );
}

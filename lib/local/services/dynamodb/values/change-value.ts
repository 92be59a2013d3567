import { isSetType, typeOf, type SetType, type Value } from "./attribute-value.ts";
import { addDecimals, formatDecimal, readDecimal } from "./decimal.ts";

/** The sum of two numbers or the union of two sets of one type; just the operand where there is nothing yet. */
export function addToValue(existing: Value | undefined, operand: Value): Value {
  if (existing === undefined) return operand;
  if ("N" in existing && "N" in operand)
    return { N: formatDecimal(addDecimals(readDecimal(existing.N), readDecimal(operand.N))) };
  if ("L" in existing && "L" in operand) return { L: [...existing.L, ...operand.L] };
  return mapSet(existing, operand, (members, added) => {
    const known = new Set(members.map(memberKey));
    return [...members, ...added.filter((member) => !known.has(memberKey(member)))];
  });
}

/** The set without the operand's members; undefined where none are left, as sets are never empty. */
export function deleteFromSet(existing: Value, operand: Value): Value | undefined {
  const left = mapSet(existing, operand, (members, removed) => {
    const gone = new Set(removed.map(memberKey));
    return members.filter((member) => !gone.has(memberKey(member)));
  });
  return membersOf(left, typeOf(left) as SetType).length > 0 ? left : undefined;
}

type Member = string | Uint8Array;

function mapSet(existing: Value, operand: Value, combine: (a: Member[], b: Member[]) => Member[]): Value {
  const type = typeOf(existing);
  if (!isSetType(type)) return existing;
  return { [type]: combine(membersOf(existing, type), membersOf(operand, type)) } as unknown as Value;
}

function membersOf(value: Value, type: SetType): Member[] {
  return (value as unknown as Record<SetType, Member[]>)[type];
}

function memberKey(member: Member): string {
  return typeof member === "string" ? member : Buffer.from(member).toString("base64");
}

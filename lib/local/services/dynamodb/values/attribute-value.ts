/** A value in DynamoDB's own notation, checked and canonical: numbers plain, no duplicates in sets, one type each. */
export type Value =
  | { readonly S: string }
  | { readonly N: string }
  | { readonly B: Uint8Array }
  | { readonly BOOL: boolean }
  | { readonly NULL: true }
  | { readonly SS: string[] }
  | { readonly NS: string[] }
  | { readonly BS: Uint8Array[] }
  | { readonly L: Value[] }
  | { readonly M: Item };

/** Attributes by name. Names come from outside, so the record has no prototype: make it with `emptyItem()`. */
export type Item = Record<string, Value>;

/** The types of attribute values, by their names on the wire. */
export type ValueType = "S" | "N" | "B" | "BOOL" | "NULL" | "SS" | "NS" | "BS" | "L" | "M";
/** The types of sets. */
export type SetType = "SS" | "NS" | "BS";

/** All types of attribute values. */
export const VALUE_TYPES: readonly ValueType[] = ["S", "N", "B", "BOOL", "NULL", "SS", "NS", "BS", "L", "M"];

/** A record without prototype, so that no attribute's name means anything. */
export function emptyItem(): Item {
  return Object.create(null) as Item;
}

/** A copy whose own attributes can be set and removed; the values are shared. */
export function copyItem(item: Item): Item {
  return Object.assign(emptyItem(), item);
}

/** The type's letters: a canonical value has exactly one key. */
export function typeOf(value: Value): ValueType {
  for (const type in value) return type as ValueType;
  return "NULL";
}

/** Whether the type is a set's. */
export function isSetType(type: ValueType): type is SetType {
  return type === "SS" || type === "NS" || type === "BS";
}

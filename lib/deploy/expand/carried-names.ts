import { isObject } from "../../template/is-object.ts";

/** The conditions that a resource or a condition's definition names: `Condition`, and the first argument of `Fn::If`. */
export function conditionsIn(value: unknown): string[] {
  return namedBy(value, (key, argument) => {
    if (key === "Condition") return argument;
    return key === "Fn::If" && Array.isArray(argument) ? argument[0] : undefined;
  });
}

/** The mappings that a value looks something up in: the first argument of `Fn::FindInMap`. */
export function mappingsIn(value: unknown): string[] {
  return namedBy(value, (key, argument) =>
    key === "Fn::FindInMap" && Array.isArray(argument) ? argument[0] : undefined,
  );
}

function namedBy(value: unknown, nameAt: (key: string, argument: unknown) => unknown): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => namedBy(item, nameAt));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, argument]) => {
    const name = nameAt(key, argument);
    return [...(typeof name === "string" ? [name] : []), ...namedBy(argument, nameAt)];
  });
}

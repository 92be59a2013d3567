/** The value at a plain path such as `order.items[0].name`: API Gateway knows no filters and no descent here. */
export function selectJsonPath(value: unknown, path: string): unknown {
  let found = value;
  for (const [, name, index] of path.matchAll(/([^.[\]]+)|\[(\d+)\]/g)) {
    if (typeof found !== "object" || found === null) return undefined;
    const key = name?.replace(/^['"]|['"]$/g, "") ?? index ?? "";
    if (!Object.hasOwn(found, key)) return undefined;
    found = Reflect.get(found, key);
  }
  return found;
}

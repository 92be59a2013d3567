import type { IConstruct } from "constructs";

/** Whether a value is a construct, of whichever copy of the package `constructs`. */
export function isConstruct(value: unknown): value is IConstruct {
  if (typeof value !== "object" || value === null || !("node" in value)) return false;
  const { node } = value;
  return typeof node === "object" && node !== null && "path" in node && "root" in node;
}

import type { RequestInput } from "./permission.ts";

/** A member of the input that is a text and not empty. */
export function textOf(input: RequestInput | undefined, ...names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = input?.[name];
    if (typeof value === "string" && value !== "") return value;
  }
  return undefined;
}

/** The texts of a list. */
export function textsOf(input: RequestInput, name: string): string[] {
  const value = input[name];
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : [];
}

/** A structure of the input. */
export function structureOf(input: RequestInput | undefined, name: string): RequestInput | undefined {
  const value = input?.[name];
  return isStructure(value) ? value : undefined;
}

/** The structures of a list. */
export function structuresOf(input: RequestInput, name: string): RequestInput[] {
  const value = input[name];
  return Array.isArray(value) ? value.filter(isStructure) : [];
}

/** Whether a member of a request is a structure, not a scalar or a list. */
export function isStructure(value: unknown): value is RequestInput {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

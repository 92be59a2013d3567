import { textOf } from "./http-answer.ts";
import { runtimeError } from "./states-error.ts";

/** How an item of a list is named: https://docs.aws.amazon.com/step-functions/latest/dg/call-https-apis.html */
const ITEM_NAMES: Readonly<Record<string, (name: string, index: number) => string>> = {
  INDICES: (name, index) => `${name}[${index}]`,
  BRACKETS: (name) => `${name}[]`,
  REPEAT: (name) => name,
};

/** A JSON object as a form: members of objects are `a[b]`, lists as `arrayFormat` says. */
export function formText(body: unknown, arrayFormat: string): string {
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw runtimeError("RequestBody: only a JSON object can be URL_ENCODED.");
  }
  const nameItem = ITEM_NAMES[arrayFormat];
  if (nameItem === undefined && arrayFormat !== "COMMAS") {
    throw runtimeError(`ArrayFormat: got ${arrayFormat}; carried are INDICES, BRACKETS, REPEAT and COMMAS.`);
  }
  const form = new URLSearchParams();
  const add = (name: string, value: unknown): void => {
    if (Array.isArray(value)) {
      if (nameItem === undefined) form.append(name, value.map(textOf).join(","));
      else for (const [index, item] of (value as unknown[]).entries()) add(nameItem(name, index), item);
    } else if (typeof value === "object" && value !== null) {
      for (const [member, inner] of Object.entries(value)) add(`${name}[${member}]`, inner);
    } else {
      form.append(name, value === null ? "" : textOf(value));
    }
  };
  for (const [name, value] of Object.entries(body)) add(name, value);
  return form.toString();
}

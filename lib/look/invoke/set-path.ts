import { UserError } from "../../errors.ts";
import { isRecord } from "../../util/plain-record.ts";

/** A change of an event: `body.id` and the value that is put there. */
export interface EventChange {
  readonly path: string;
  /** JSON, or else the text itself. */
  readonly value: unknown;
}

/** Reads `body.id=7`. The value is JSON where it can be read as such, and text where it cannot. */
export function parseChange(text: string): EventChange {
  const at = text.indexOf("=");
  if (at < 1) {
    throw new UserError("UsageWrong", `Expected --set path=value, got ${JSON.stringify(text)}`, {
      fix: "Write for example --set body.id=7.",
    });
  }
  return { path: text.slice(0, at), value: readValue(text.slice(at + 1)) };
}

function readValue(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/**
 * A copy of an event with one value set. Steps are separated by dots; numbers are places of arrays. A step into a text goes
 * into the JSON that the text holds, plain or in base64, as bodies of requests and messages do: what is not JSON is
 * replaced. An object in place of a text is written as its JSON.
 */
export function setPath(event: unknown, { path, value }: EventChange): unknown {
  return setSteps(
    event,
    path.split(/\.|\[(\d+)\]/).filter((step) => step !== undefined && step !== ""),
    value,
  );
}

function setSteps(into: unknown, [step, ...more]: readonly string[], value: unknown): unknown {
  if (step === undefined) return typeof into === "string" && isStructured(value) ? JSON.stringify(value) : value;
  if (typeof into === "string") return setInText(into, [step, ...more], value);
  if (Array.isArray(into) && /^\d+$/.test(step)) {
    const copy: unknown[] = [...into];
    copy[Number(step)] = setSteps(copy[Number(step)], more, value);
    return copy;
  }
  const fields = isRecord(into) ? into : {};
  return { ...fields, [step]: setSteps(fields[step], more, value) };
}

function setInText(text: string, steps: readonly string[], value: unknown): string {
  const plain = tryParseJson(text);
  if (plain !== undefined) return JSON.stringify(setSteps(plain, steps, value));
  const decoded = tryParseJson(Buffer.from(text, "base64").toString("utf8"));
  if (decoded === undefined) return JSON.stringify(setSteps({}, steps, value));
  return Buffer.from(JSON.stringify(setSteps(decoded, steps, value))).toString("base64");
}

function isStructured(value: unknown): boolean {
  return Array.isArray(value) || isRecord(value);
}

function tryParseJson(text: string): unknown {
  if (!/^\s*[{[]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

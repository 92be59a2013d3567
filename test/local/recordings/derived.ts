import type { Answer } from "./call-aws.ts";
import { findDifferences, isRecord } from "./same-answer.ts";

/** A call that was made here, and what it came to. */
export interface Made {
  readonly call: string;
  readonly input: object;
  readonly answer: Answer["value"];
}

/** What comparing a value that was made from answers came to. */
export type DerivedResult =
  | { readonly kind: "same" | "unknown" }
  | { readonly kind: "differs"; readonly lines: string[] };

/** What botocore's error says: `An error occurred (Code) when calling the X operation: text`. */
const BOTOCORE_ERROR = /^An error occurred \((\w+)\) when calling the (\w+) operation(?: \([^)]*\))?: ([\s\S]*)$/;
const MAX_DEPTH = 7;

/**
 * Compares a recorded value that was made from answers: a part of one, an error's text, the messages of several
 * receives. What has no counterpart of its shape among the answers is `unknown`: it was computed in another way.
 */
export function compareDerived(name: string, recorded: unknown, made: readonly Made[]): DerivedResult {
  if (isRecord(recorded) && isRecord(recorded["exception_message"])) {
    return compareDerived(name, withoutRaw(recorded["exception_message"]), made);
  }
  const refusal = readRefusal(recorded);
  if (refusal !== undefined) return compareRefusal(name, refusal, made);
  if (isValidation(recorded)) return compareValidation(name, recorded, made);
  if (!isTelling(recorded)) return { kind: "unknown" };
  let closest: string[] | undefined;
  for (const part of partsOf(made, recorded)) {
    const lines = findDifferences(recorded, part, new Map());
    if (lines.length === 0) return { kind: "same" };
    if (isAlike(recorded, part) && (closest === undefined || lines.length < closest.length)) closest = lines;
  }
  if (isRecord(recorded) && isComposed(recorded, made)) return { kind: "same" };
  return closest === undefined
    ? { kind: "unknown" }
    : { kind: "differs", lines: closest.map((line) => `${name} ${line}`) };
}

/** An error whose text was cut where the client's own begins. */
function withoutRaw(recorded: Readonly<Record<string, unknown>>): unknown {
  const { MessageRaw: _, ...error } = isRecord(recorded["Error"]) ? recorded["Error"] : {};
  return { ...recorded, Error: error };
}

interface Refusal {
  readonly code: string;
  readonly operation: string;
  readonly text: string;
}

function readRefusal(recorded: unknown): Refusal | undefined {
  const text = isRecord(recorded) ? recorded["exception_value"] : recorded;
  const [, code, operation, message] = (typeof text === "string" && BOTOCORE_ERROR.exec(text)) || [];
  if (code === undefined || operation === undefined) return undefined;
  return { code, operation, text: message ?? "" };
}

function compareRefusal(name: string, { code, operation, text }: Refusal, made: readonly Made[]): DerivedResult {
  const calls = made.filter(({ call }) => call.endsWith(`.${operation}`));
  const results = calls.map(({ answer }) => findDifferences({ Code: code, Message: text }, errorOf(answer), new Map()));
  if (results.some((lines) => lines.length === 0)) return { kind: "same" };
  const last = results.at(-1);
  return last === undefined ? { kind: "unknown" } : { kind: "differs", lines: last.map((line) => `${name} ${line}`) };
}

function errorOf(answer: Answer["value"]): unknown {
  const error = answer["Error"];
  return isRecord(error) ? { Code: error["Code"], Message: error["Message"] } : undefined;
}

interface Validation {
  readonly Code: string;
  readonly Count: number;
  readonly Errors: readonly string[];
}

function isValidation(recorded: unknown): recorded is Validation & Record<string, unknown> {
  return isRecord(recorded) && "Code" in recorded && "Count" in recorded && Array.isArray(recorded["Errors"]);
}

/** `2 validation errors detected: A; B`, taken apart. */
function compareValidation(name: string, recorded: Validation, made: readonly Made[]): DerivedResult {
  const error = made.at(-1)?.answer["Error"];
  const message = isRecord(error) ? String(error["Message"]) : "";
  const [, count, list = ""] = /^(\d+) validation errors? detected: ([\s\S]*)$/.exec(message) ?? [];
  const actual = isRecord(error) && {
    Code: error["Code"],
    Count: Number(count),
    Errors: list.split(/; (?=Value )/),
  };
  const lines = findDifferences(recorded, actual || undefined, new Map());
  return lines.length === 0 ? { kind: "same" } : { kind: "differs", lines: lines.map((line) => `${name} ${line}`) };
}

/** Everything that a value can have been taken from, the latest answer first. */
function* partsOf(made: readonly Made[], recorded: unknown): Generator {
  for (const { answer } of made.toReversed()) yield* within(answer, 0);
  yield* casesOf(made);
  if (Array.isArray(recorded) || (isRecord(recorded) && "Messages" in recorded)) yield* listsOf(made);
}

function* within(value: unknown, depth: number): Generator {
  yield value;
  if (depth >= MAX_DEPTH) return;
  if (Array.isArray(value)) {
    for (const one of value) yield* within(one, depth + 1);
    const map = namedValues(value);
    if (map !== undefined) yield map;
  } else if (isRecord(value)) {
    const { ResponseMetadata, ...body } = value;
    if (ResponseMetadata !== undefined) yield body;
    for (const one of Object.values(value)) yield* within(one, depth + 1);
  } else if (typeof value === "string" && /^\s*[[{]/.test(value)) {
    const inner = parse(value);
    if (inner !== undefined) yield* within(inner, depth + 1);
  }
}

/** A stack's outputs as a map. */
function namedValues(list: readonly unknown[]): Record<string, unknown> | undefined {
  if (list.length === 0 || !list.every((one) => isRecord(one) && "OutputKey" in one)) return undefined;
  return Object.fromEntries(
    list.filter(isRecord).map((one) => [String(one["OutputKey"]), one["OutputValue"]] as const),
  );
}

/** The messages of the last receives together, and what functions wrote as JSON. */
function* listsOf(made: readonly Made[]): Generator {
  const received = made
    .filter(({ call }) => call.endsWith(".ReceiveMessage"))
    .map(({ answer }) => answer["Messages"] ?? []);
  for (let from = received.length - 1; from >= 0; from -= 1) {
    const messages = received.slice(from).flat();
    yield messages;
    yield { Messages: messages };
  }
  for (const { answer } of made.toReversed()) {
    const events = answer["events"];
    if (!Array.isArray(events)) continue;
    yield events
      .flatMap((one) => (isRecord(one) ? [parse(String(one["message"]))] : []))
      .filter((one) => one !== undefined);
  }
}

/** Each execution's input and output: how the comparisons of Choice states were recorded. */
function* casesOf(made: readonly Made[]): Generator {
  const inputs = made.filter(({ call }) => call.endsWith(".StartExecution")).map(({ input }) => input);
  const outputs = made
    .filter(({ call }) => call.endsWith(".GetExecutionHistory"))
    .map(({ answer }) => outputOf(answer));
  if (inputs.length === 0 || inputs.length !== outputs.length) return;
  yield inputs.map((input, at) => ({
    input: parse(String((input as { input?: unknown }).input)),
    output: parse(String(outputs[at])),
  }));
}

function outputOf(answer: Answer["value"]): unknown {
  const events: unknown = answer["events"];
  const last: unknown = Array.isArray(events) ? events.at(-1) : undefined;
  const details: unknown = isRecord(last) ? last["executionSucceededEventDetails"] : undefined;
  return isRecord(details) ? details["output"] : undefined;
}

/** Each of its members is an answer, or a part of one. */
function isComposed(recorded: Readonly<Record<string, unknown>>, made: readonly Made[]): boolean {
  const members = Object.values(recorded).filter((member) => member !== null);
  return members.length > 0 && members.every((one) => isTelling(one) && compareDerived("", one, made).kind === "same");
}

/** A value that says something by itself: another one would not be like it by accident. */
function isTelling(recorded: unknown): boolean {
  if (typeof recorded === "string") return recorded.replaceAll(/<[^<>]*>/g, "").length > 8;
  return isRecord(recorded) ? Object.keys(recorded).length > 0 : Array.isArray(recorded) && recorded.length > 0;
}

/** It has the same members, nearly: its values are what should be compared. */
function isAlike(recorded: unknown, part: unknown): boolean {
  if (Array.isArray(recorded)) {
    return (
      Array.isArray(part) && recorded.length > 0 && part.length === recorded.length && isAlike(recorded[0], part[0])
    );
  }
  if (!isRecord(recorded) || !isRecord(part)) return false;
  const keys = Object.keys(recorded).filter((key) => key !== "ResponseMetadata");
  const shared = keys.filter((key) => key in part).length;
  return shared > 1 && shared * 10 >= keys.length * 7;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

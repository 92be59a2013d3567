import type { Events, Input, Output } from "../context.ts";
import { invalid, requirePattern } from "../errors.ts";
import { parseJson } from "../../../../util/parse-json.ts";

const REQUIRED = ["id", "detail-type", "source", "account", "time", "region"];

/** Whether an event would match a pattern. */
export function testEventPattern(_events: Events, input: Input<"TestEventPattern">): Output<"TestEventPattern"> {
  const pattern = requirePattern(input.EventPattern ?? "");
  return { Result: pattern.matches(requireEvent(input.Event ?? "")) };
}

function requireEvent(text: string): object {
  const event = tryParse(text);
  if (typeof event === "object" && event !== null && REQUIRED.every((name) => Object.hasOwn(event, name))) return event;
  throw invalid("Parameter Event is not valid.");
}

function tryParse(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

import { asIntrinsic } from "./evaluate.ts";
import { splitGetAtt } from "./intrinsics.ts";
import { substitutedNames } from "./substitute.ts";
import { isObject } from "./template.ts";

/** A name that a value of a template depends on: `attribute` is there for GetAtt. */
export interface Reference {
  readonly target: string;
  readonly attribute?: string;
}

/**
 * What a value refers to, in the order of the text. With `choose` only the branch of each `Fn::If` that counts is
 * looked at.
 */
export function collectReferences(value: unknown, choose?: (condition: string) => boolean): Reference[] {
  const found: Reference[] = [];
  walk(value, choose, found);
  return found;
}

function walk(value: unknown, choose: ((condition: string) => boolean) | undefined, found: Reference[]): void {
  if (Array.isArray(value)) for (const item of value) walk(item, choose, found);
  if (!isObject(value)) return;
  const call = asIntrinsic(value);
  if (!call) for (const item of Object.values(value)) walk(item, choose, found);
  else walkCall(call.name, call.argument, choose, found);
}

function walkCall(
  name: string,
  argument: unknown,
  choose: ((condition: string) => boolean) | undefined,
  found: Reference[],
): void {
  if (name === "Ref") {
    if (typeof argument === "string") found.push({ target: argument });
  } else if (name === "Fn::GetAtt") {
    const { logicalId, attribute } = splitGetAtt(argument);
    found.push({ target: logicalId, attribute: typeof attribute === "string" ? attribute : "*" });
    walk(attribute, choose, found);
  } else if (name === "Fn::Sub") walkSub(argument, choose, found);
  else if (name === "Fn::If" && choose && Array.isArray(argument)) {
    walk(choose(String(argument[0])) ? argument[1] : argument[2], choose, found);
  } else if (name === "Fn::If" && Array.isArray(argument)) walk(argument.slice(1), choose, found);
  else if (name !== "Condition") walk(argument, choose, found);
}

function walkSub(argument: unknown, choose: ((condition: string) => boolean) | undefined, found: Reference[]): void {
  const [text, variables] = Array.isArray(argument) ? (argument as unknown[]) : [argument, {}];
  if (typeof text !== "string") return;
  const own = isObject(variables) ? variables : {};
  walk(own, choose, found);
  for (const name of substitutedNames(text)) {
    if (Object.hasOwn(own, name)) continue;
    const dot = name.indexOf(".");
    found.push(dot < 0 ? { target: name } : { target: name.slice(0, dot), attribute: name.slice(dot + 1) });
  }
}

import { getKnown } from "../util/get-known.ts";
import { hasUnknown, NO_VALUE, UNKNOWN, type Scope } from "./value-scope.ts";
import { tryReadGetAtt, type GetAtt } from "./references.ts";
import { TemplateError } from "./template-error.ts";
import { cidrBlocks } from "./cidr.ts";
import { textOf } from "./text.ts";
import { substitute } from "./substitute.ts";
import { isObject } from "./is-object.ts";

/** Works out a value of a template: every intrinsic function replaced by what it gives. */
export function evaluate(value: unknown, scope: Scope): unknown {
  if (Array.isArray(value)) {
    return value.map((item) => evaluate(item, scope)).filter((item) => item !== NO_VALUE);
  }
  if (!isObject(value)) return value;
  const call = asIntrinsic(value);
  if (call) return getKnown(INTRINSICS, call.name)(call.argument, scope);
  const result: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) {
    const resolved = evaluate(item, scope);
    if (resolved !== NO_VALUE) result[key] = resolved;
  }
  return result;
}

/** The intrinsic function that an object is, when it is one: `{"Ref": …}`, `{"Fn::Join": […]}`. */
export function asIntrinsic(value: Record<string, unknown>): { name: string; argument: unknown } | undefined {
  const keys = Object.keys(value);
  const name = keys[0];
  if (keys.length !== 1 || name === undefined) return undefined;
  if (INTRINSICS.has(name)) return { name, argument: value[name] };
  if (name.startsWith("Fn::") && name !== "Fn::Transform" && !name.startsWith("Fn::ForEach::")) {
    throw new TemplateError(`Template error: unknown intrinsic function ${name}`);
  }
  return undefined;
}

type Intrinsic = (argument: unknown, scope: Scope) => unknown;

/** Every intrinsic function by its long name, as a function of its argument as written. */
export const INTRINSICS: ReadonlyMap<string, Intrinsic> = new Map<string, Intrinsic>([
  ["Ref", (argument, scope) => scope.ref(requireText(argument, "every Ref object must have a single String value."))],
  ["Condition", (argument, scope) => scope.condition(textOf(argument))],
  ["Fn::GetAtt", getAtt],
  ["Fn::Sub", sub],
  ["Fn::Join", join],
  ["Fn::Select", select],
  ["Fn::Split", split],
  ["Fn::If", ifElse],
  ["Fn::And", and],
  ["Fn::Or", or],
  ["Fn::Not", not],
  ["Fn::Equals", equals],
  ["Fn::FindInMap", findInMap],
  ["Fn::Base64", base64],
  ["Fn::Cidr", cidr],
  ["Fn::GetAZs", availabilityZones],
  ["Fn::ImportValue", importValue],
  ["Fn::ToJsonString", toJsonString],
  ["Fn::Length", length],
]);

function templateError(detail: string): TemplateError {
  return new TemplateError(`Template error: ${detail}`);
}

function requireText(value: unknown, complaint: string): string {
  if (typeof value !== "string") throw templateError(complaint);
  return value;
}

function isScalar(value: unknown): value is string | number | boolean {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}

/** The argument of an `Fn::GetAtt`; refuses one that names no resource or no attribute. */
export function splitGetAtt(argument: unknown): GetAtt {
  const read = tryReadGetAtt(argument);
  if (read !== undefined) return read;
  throw templateError(
    "every Fn::GetAtt object requires two non-empty parameters, the resource name and the resource attribute",
  );
}

function getAtt(argument: unknown, scope: Scope): unknown {
  const { logicalId, attribute } = splitGetAtt(argument);
  return scope.getAtt(logicalId, textOf(evaluate(attribute, scope)));
}

function sub(argument: unknown, scope: Scope): unknown {
  const [text, variables] = Array.isArray(argument) ? (argument as unknown[]) : [argument, {}];
  if (typeof text !== "string" || !isObject(variables) || (Array.isArray(argument) && argument.length !== 2)) {
    throw templateError(
      "One or more Fn::Sub intrinsic functions don't specify expected arguments. Specify a string as first argument, and an optional second argument to specify a mapping of values to replace in the string",
    );
  }
  return substitute(text, (name) => {
    if (Object.hasOwn(variables, name)) return evaluate(variables[name], scope);
    const dot = name.indexOf(".");
    return dot < 0 ? scope.ref(name) : scope.getAtt(name.slice(0, dot), name.slice(dot + 1));
  });
}

function join(argument: unknown, scope: Scope): unknown {
  const complaint =
    "every Fn::Join object requires two parameters, (1) a string delimiter and (2) a list of strings to be joined or a function that returns a list of strings (such as Fn::GetAZs) to be joined.";
  if (!Array.isArray(argument) || argument.length !== 2 || typeof argument[0] !== "string")
    throw templateError(complaint);
  const items = evaluate(argument[1], scope);
  if (items === UNKNOWN) return UNKNOWN;
  if (!Array.isArray(items)) throw templateError(complaint);
  if (items.some(hasUnknown)) return UNKNOWN;
  if (!items.every(isScalar)) throw templateError(complaint);
  return items.map(textOf).join(argument[0]);
}

function select(argument: unknown, scope: Scope): unknown {
  const complaint = "Fn::Select requires a list argument with two elements: an integer index and a list";
  if (!Array.isArray(argument) || argument.length !== 2) throw templateError(complaint);
  const index = evaluate(argument[0], scope);
  const list = evaluate(argument[1], scope);
  if (index === UNKNOWN || list === UNKNOWN) return UNKNOWN;
  if (!Array.isArray(list) || !/^\d+$/.test(textOf(index))) throw templateError(complaint);
  const item: unknown = list[Number(index)];
  const isLiteral = Array.isArray(argument[1]) && argument[1].every((one) => typeof one === "string");
  if (item === undefined && isLiteral) throw templateError(complaint);
  if (item === undefined) throw templateError(`Fn::Select cannot select nonexistent value at index ${textOf(index)}`);
  return item;
}

function split(argument: unknown, scope: Scope): unknown {
  const complaint =
    "every Fn::Split object requires two parameters, (1) a string delimiter and (2) a string to be split or a function that returns a string to be split.";
  if (!Array.isArray(argument) || argument.length !== 2 || typeof argument[0] !== "string" || argument[0] === "") {
    throw templateError(complaint);
  }
  const text = evaluate(argument[1], scope);
  if (text === UNKNOWN) return UNKNOWN;
  if (!isScalar(text)) throw templateError(complaint);
  return textOf(text).split(argument[0]);
}

function ifElse(argument: unknown, scope: Scope): unknown {
  if (!Array.isArray(argument) || argument.length !== 3) {
    throw templateError(
      "Fn::If requires a list argument with three elements: a condition's name, a value if true and a value if false.",
    );
  }
  return evaluate(scope.condition(textOf(argument[0])) ? argument[1] : argument[2], scope);
}

function booleans(argument: unknown, scope: Scope, complaint: string): boolean[] {
  if (!Array.isArray(argument) || argument.length < 1 || argument.length > 10) throw templateError(complaint);
  return argument.map((item) => {
    const value = evaluate(item, scope);
    if (value !== true && value !== false && value !== "true" && value !== "false") throw templateError(complaint);
    return value === true || value === "true";
  });
}

function and(argument: unknown, scope: Scope): boolean {
  const complaint = "every Fn::And object requires a list of at least 2 and at most 10 boolean parameters.";
  if (!Array.isArray(argument) || argument.length < 2) throw templateError(complaint);
  return booleans(argument, scope, complaint).every(Boolean);
}

function or(argument: unknown, scope: Scope): boolean {
  const complaint = "every Fn::Or object requires a list of at least 2 and at most 10 boolean parameters.";
  if (!Array.isArray(argument) || argument.length < 2) throw templateError(complaint);
  return booleans(argument, scope, complaint).some(Boolean);
}

function not(argument: unknown, scope: Scope): boolean {
  const complaint = "every Fn::Not object requires one boolean parameter.";
  if (!Array.isArray(argument) || argument.length !== 1) throw templateError(complaint);
  return !booleans(argument, scope, complaint)[0];
}

function equals(argument: unknown, scope: Scope): boolean {
  if (!Array.isArray(argument) || argument.length !== 2) {
    throw templateError("every Fn::Equals object requires a list of 2 string parameters.");
  }
  const [left, right] = argument.map((item) => evaluate(item, scope));
  return comparable(left) === comparable(right);
}

function comparable(value: unknown): string {
  return typeof value === "symbol" ? "" : textOf(value);
}

function findInMap(argument: unknown, scope: Scope): unknown {
  if (!Array.isArray(argument) || argument.length < 3 || argument.length > 4) {
    throw templateError(
      "every Fn::FindInMap object requires three parameters, the map name, map key and the attribute for return value",
    );
  }
  const keys = argument.slice(0, 3).map((item) => evaluate(item, scope));
  if (keys.includes(UNKNOWN)) return UNKNOWN;
  const [map, key, attribute] = keys.map(textOf) as [string, string, string];
  const found = scope.mapping(map, key, attribute);
  if (found !== undefined) return found;
  const options: unknown = argument[3];
  if (isObject(options) && Object.hasOwn(options, "DefaultValue")) return evaluate(options.DefaultValue, scope);
  throw templateError(`Unable to get mapping for ${map}::${key}::${attribute}`);
}

function base64(argument: unknown, scope: Scope): unknown {
  const text = evaluate(argument, scope);
  if (text === UNKNOWN) return UNKNOWN;
  if (!isScalar(text)) throw templateError("every Fn::Base64 object must have a String-typed value.");
  return Buffer.from(textOf(text)).toString("base64");
}

function cidr(argument: unknown, scope: Scope): unknown {
  if (!Array.isArray(argument) || argument.length < 2 || argument.length > 3) {
    throw templateError(
      "every Fn::Cidr object requires two or three parameters: (1) an IP block, (2) a count, (3) optional: cidr bits.",
    );
  }
  const [block, count, bits] = argument.map((item) => evaluate(item, scope));
  if ([block, count, bits].includes(UNKNOWN)) return UNKNOWN;
  return cidrBlocks(textOf(block), Number(count), bits === undefined ? undefined : Number(bits));
}

function availabilityZones(argument: unknown, scope: Scope): unknown {
  const region = evaluate(argument, scope);
  if (region === UNKNOWN) return UNKNOWN;
  const name = region === "" ? scope.region : textOf(region);
  return ["a", "b", "c"].map((zone) => `${name}${zone}`);
}

function importValue(argument: unknown, scope: Scope): unknown {
  const name = evaluate(argument, scope);
  if (name === UNKNOWN) return UNKNOWN;
  if (!isScalar(name))
    throw templateError("the attribute in Fn::ImportValue must be a string or a function that returns a string");
  return scope.importValue(textOf(name));
}

function toJsonString(argument: unknown, scope: Scope): unknown {
  const value = evaluate(argument, scope);
  if (hasUnknown(value)) return UNKNOWN;
  if (value === NO_VALUE) return NO_VALUE;
  return JSON.stringify(value);
}

function length(argument: unknown, scope: Scope): unknown {
  const value = evaluate(argument, scope);
  if (value === UNKNOWN) return UNKNOWN;
  if (!Array.isArray(value)) throw templateError("Fn::Length requires a list, or a function that returns a list.");
  return value.length;
}

import type { IConstruct } from "constructs";
import { UserError } from "../errors.ts";

/** Props and options of this package's constructs that take a `Duration`. A test holds them to be all. */
export const DURATIONS = [
  "abortIncompleteMultipartUploadAfter",
  "bake",
  "every",
  "maxP50",
  "maxP90",
  "maxP99",
  "maxWait",
  "timeout",
  "visibilityTimeout",
  "deliveryDelay",
  "receiveMessageWaitTime",
  "retentionPeriod",
  "maxBatchingWindow",
  "maxEventAge",
  "maxRecordAge",
  "tumblingWindow",
  "finalBake",
  "watch",
] as const;

/**
 * The props of a construct, as they were given. Throws a `UserError` where there are none, or where one is a plain value
 * in place of a `Duration`: aws-cdk-lib would fail on them in words that name neither. TypeScript refuses both in a
 * checked app, and Node.js runs an app without checking its types.
 */
export function givenProps<T extends object>(scope: IConstruct | undefined, id: string, props: T): T {
  const given: unknown = props;
  const path = pathOf(scope, id);
  if (typeof given !== "object" || given === null) {
    throw new UserError("PropsMissing", `[${path}] props: got ${textOf(given)}; allowed is an object`);
  }
  refusePlainDurations(path, given);
  return props;
}

/** The path of a construct that is not made yet. */
export function pathOf(scope: IConstruct | undefined, id: string): string {
  return [scope?.node.path ?? "", id].filter((part) => part !== "").join("/");
}

/** Throws a `UserError` for an option that is a plain value in place of a `Duration`. `where` names the options. */
export function refusePlainDurations(path: string, given: object, where = ""): void {
  for (const name of DURATIONS) {
    const value: unknown = Object.entries(given).find(([key]) => key === name)?.[1];
    if (value === undefined || value === false || typeof value === "object") continue;
    const example = typeof value === "number" ? value : 30;
    throw new UserError(
      "DurationExpected",
      `[${path}] ${where}${name}: got ${textOf(value)}; allowed is a Duration, such as Duration.seconds(${example})`,
    );
  }
}

/**
 * Throws a `UserError` where a construct was expected and something else was given, such as the path of a file. `where` is
 * the prop or the method, `allowed` what it takes, `problems` what else is wrong there.
 */
export function requireConstruct(
  path: string,
  value: unknown,
  where: string,
  allowed: string,
  problems: readonly string[] = [],
): void {
  if (typeof value === "object" && value !== null) return;
  const lines = [`${where}: got ${textOf(value)}; allowed is ${allowed}`, ...problems];
  throw new UserError("ConstructExpected", lines.map((line) => `[${path}] ${line}`).join("\n  "));
}

function textOf(value: unknown): string {
  return typeof value === "string" ? `'${value}'` : String(value);
}

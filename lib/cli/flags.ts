import { UserError } from "../errors.ts";
import type { Argument, Flag } from "./verb.ts";

/** The flags that every verb has. */
export const COMMON_FLAGS: readonly Flag[] = [
  { flags: "--json", description: "print the result as one JSON document" },
  { flags: "--progress <how>", description: "how progress is shown", choices: ["plain", "json"] },
  { flags: "-q, --quiet", description: "show warnings and errors only" },
  { flags: "-v, --verbose", description: "show everything" },
  { flags: "-y, --yes", description: "answer yes to all prompts" },
];

/** Which stage is meant. */
export const STAGE_FLAG: Flag = {
  flags: "-s, --stage <name>",
  description: "the stage of cdk.json; `local` is the embedded cloud",
  defaultValue: "local",
};

/** `--port`: where the local cloud listens, for every verb that may start it. */
export const PORT_FLAG: Flag = {
  flags: "-p, --port <number>",
  description:
    "the local cloud's port on 127.0.0.1; by default `TIDEGATE_LOCAL_PORT`, its last port, or 4747; a free one where that is taken, or with 0",
};

/** `--app`: a cloud assembly that was synthesised before, used instead of running the app. */
export const ASSEMBLY_FLAG: Flag = {
  flags: "-a, --app <folder>",
  description: "use the cloud assembly in this folder instead of running the app",
};

/** `--name`: the app, where neither cdk.json nor the last assembly names it. */
export const APP_NAME_FLAG: Flag = {
  flags: "--name <app>",
  description: "the app's name in the journal; `tidegate.app` of cdk.json, or the app synthesised last, by default",
};

/** `--context`: a value of the CDK's context, as `key=value`; repeatable. */
export const CONTEXT_FLAG: Flag = {
  flags: "-c, --context <key=value>",
  description: "a context value for the app; repeatable",
  repeatable: true,
  parse: parsePair,
};

/** `--parameters`: a value of a template parameter, as `name=value`; repeatable. */
export const PARAMETER_FLAG: Flag = {
  flags: "--parameters <name=value>",
  description: "a value for a template's parameter; repeatable",
  repeatable: true,
  parse: parsePair,
};

/** The stacks that a verb works on. @default - all stacks of the app */
export const STACKS_ARGUMENT: Argument = {
  name: "[stacks...]",
  description: "stacks by name or path, with their dependencies; all by default",
};

/** Splits `key=value`. */
export function parsePair(text: string): readonly [string, string] {
  const at = text.indexOf("=");
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
  throw new UserError("UsageWrong", `Expected key=value, got ${JSON.stringify(text)}`, {
    fix: "Write a name and a value, for example size=3.",
  });
}

/** Gathers what a repeatable `key=value` flag was given. A key that is given twice is refused. */
export function toRecord(pairs: unknown): Record<string, string> {
  const record = new Map<string, string>();
  for (const [key, value] of (pairs ?? []) as (readonly [string, string])[]) {
    if (record.has(key))
      throw new UserError("UsageWrong", `${JSON.stringify(key)} is given twice`, { fix: "Give each key once." });
    record.set(key, value);
  }
  return Object.fromEntries(record);
}

import { zipOf } from "../lambda/lambda-fixture.ts";

/** Answers with its event, by whatever name its handler has. */
const CODE: Readonly<Record<string, (name: string) => string>> = {
  js: (name) => `exports.${name} = async (event) => event;`,
  py: (name) => `def ${name}(event, context):\n    return event\n`,
};

/**
 * Replaces what a recorded input refers to: earlier answers, code, long texts, times. Gives nothing where an earlier
 * answer lacks what is referred to.
 */
export async function resolveInput(input: unknown, answers: readonly unknown[]): Promise<unknown> {
  const handler = findHandler(input);
  let isComplete = true;
  const resolve = async (value: unknown): Promise<unknown> => {
    if (Array.isArray(value)) return Promise.all(value.map(resolve));
    if (!isFields(value)) return value;
    if ("$from" in value) {
      const found = follow(value["$from"] as readonly (string | number)[], answers);
      isComplete &&= found !== undefined;
      return found;
    }
    if ("$bytes" in value) return zipOf(handler);
    if ("$text" in value) return Buffer.from(String(value["$text"]));
    if ("$repeat" in value) return repeated(value["$repeat"] as readonly [string, number]);
    if ("$long" in value) return String(value["begins"] ?? "").padEnd(Number(value["$long"]), "x");
    if ("$time" in value) return timeOf(value["$time"]);
    if ("$stream" in value) return Buffer.from("");
    const entries = Object.entries(value).map(async ([key, one]) => [key, await resolve(one)] as const);
    return Object.fromEntries(await Promise.all(entries));
  };
  const resolved = await resolve(input);
  return isComplete ? resolved : undefined;
}

function repeated([text, times]: readonly [string, number]): string {
  return text.repeat(times);
}

function timeOf(value: unknown): Date {
  return typeof value === "number" ? new Date(value * 1000) : new Date(String(value));
}

function follow([step, ...path]: readonly (string | number)[], answers: readonly unknown[]): unknown {
  let value = answers[Number(step)];
  for (const key of path) value = isFields(value) || Array.isArray(value) ? (value as Fields)[String(key)] : undefined;
  return value;
}

function findHandler(input: unknown): Record<string, string> {
  const handler = isFields(input) && typeof input["Handler"] === "string" ? input["Handler"] : "index.handler";
  const [file = "index", name = "handler"] = handler.split(".");
  return Object.fromEntries(
    Object.entries(CODE).flatMap(([extension, write]) =>
      [file, "index", "handler", "lambda_function"].map((one) => [`${one}.${extension}`, write(name)]),
    ),
  );
}

type Fields = Readonly<Record<string, unknown>>;

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

import { zipOf } from "../lambda/lambda-fixture.ts";

/** Writes its event into its log and returns it, under any handler name. */
const CODE: Readonly<Record<string, (name: string, id: string) => string>> = {
  js: (name, id) => `// ${id}\nexports.${name} = async (event) => (console.log(JSON.stringify(event)), event);`,
  py: (name, id) =>
    `# ${id}\nimport json\ndef ${name}(event, context):\n    print(json.dumps(event))\n    return event\n`,
};

/**
 * Replaces what a recorded input refers to: earlier answers, code, long texts, times. Gives nothing where an earlier
 * answer lacks what is referred to.
 */
export async function resolveInput(input: unknown, answers: readonly unknown[]): Promise<unknown> {
  let isComplete = true;
  const resolve = async (value: unknown): Promise<unknown> => {
    if (Array.isArray(value)) return Promise.all(value.map(resolve));
    if (!isFields(value)) return value;
    if ("$from" in value) {
      const found = follow(value["$from"] as readonly (string | number)[], answers);
      isComplete &&= found !== undefined;
      return found;
    }
    if ("$bytes" in value) return zipOf(findHandler(input, String(value["sha256"])));
    if ("$text" in value) return Buffer.from(String(value["$text"]));
    if ("$repeat" in value) return repeated(value["$repeat"] as readonly [string, number]);
    if ("$long" in value) return textOf(value["begins"]).padEnd(Number(value["$long"]), "x");
    if ("$time" in value) return timeOf(value["$time"]);
    if ("$stream" in value) return Buffer.from("");
    const entries = Object.entries(value).map(async ([key, one]) => [key, await resolve(one)] as const);
    return Object.fromEntries(await Promise.all(entries));
  };
  const resolved = await resolve(input);
  return isComplete ? resolved : undefined;
}

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/** Replaces an id of the recorded run by the one that was answered here in its place; `ids` keeps which it is. */
export function withOwnIds(input: unknown, answers: readonly unknown[], ids: Map<string, string>): unknown {
  if (Array.isArray(input)) return input.map((one) => withOwnIds(one, answers, ids));
  if (typeof input === "string")
    return input.startsWith("arn:aws:cloudformation:") ? (ids.get(input) ?? ownId(input, answers, ids)) : input;
  if (!isFields(input)) return input;
  return Object.fromEntries(Object.entries(input).map(([key, one]) => [key, withOwnIds(one, answers, ids)]));
}

function ownId(text: string, answers: readonly unknown[], ids: Map<string, string>): string {
  if (text.match(UUID) === null) return text;
  const literal = text.split(UUID).map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  const pattern = new RegExp(`^${literal.join(UUID.source)}$`);
  const found = answers.toReversed().flatMap((answer) => textsOf(answer).filter((one) => pattern.test(one)))[0];
  if (found !== undefined) ids.set(text, found);
  return found ?? text;
}

function textsOf(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return value.flatMap(textsOf);
  return isFields(value) ? Object.values(value).flatMap(textsOf) : [];
}

function repeated([text, times]: readonly [string, number]): string {
  return text.repeat(times);
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function timeOf(value: unknown): Date {
  return typeof value === "number" ? new Date(value * 1000) : new Date(String(value));
}

function follow([step, ...path]: readonly (string | number)[], answers: readonly unknown[]): unknown {
  let value = answers[Number(step)];
  for (const key of path) value = isFields(value) || Array.isArray(value) ? (value as Fields)[String(key)] : undefined;
  return value;
}

/** Another recorded archive is another one here. */
function findHandler(input: unknown, id: string): Record<string, string> {
  const handler = isFields(input) && typeof input["Handler"] === "string" ? input["Handler"] : "index.handler";
  const [file = "index", name = "handler"] = handler.split(".");
  return Object.fromEntries(
    Object.entries(CODE).flatMap(([extension, write]) =>
      [file, "index", "handler", "lambda_function"].map((one) => [`${one}.${extension}`, write(name, id)]),
    ),
  );
}

type Fields = Readonly<Record<string, unknown>>;

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

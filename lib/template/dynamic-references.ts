import { TemplateError } from "./template-error.ts";
import { isObject } from "./is-object.ts";

/** How dynamic references are looked up. */
export interface DynamicSources {
  /** A plain parameter, or a secure one with `secure`. Undefined where there is none. */
  ssm(name: string, version: string | undefined, secure: boolean): Promise<string | undefined>;
  /** A secret's text by id or ARN. */
  secret(id: string, stage: string | undefined, version: string | undefined): Promise<string>;
}

const REFERENCE = /\{\{resolve:(ssm|ssm-secure|secretsmanager):([^{}]+)\}\}/g;

/** Replaces every `{{resolve:…}}` in a value by its current value. */
export async function resolveDynamicReferences(value: unknown, sources: DynamicSources): Promise<unknown> {
  if (typeof value === "string") return value.includes("{{resolve:") ? resolveText(value, sources) : value;
  if (Array.isArray(value)) return Promise.all(value.map((item) => resolveDynamicReferences(item, sources)));
  if (!isObject(value)) return value;
  const entries = await Promise.all(
    Object.entries(value).map(async ([key, item]) => [key, await resolveDynamicReferences(item, sources)] as const),
  );
  return Object.fromEntries(entries);
}

async function resolveText(text: string, sources: DynamicSources): Promise<string> {
  let result = "";
  let end = 0;
  for (const match of text.matchAll(REFERENCE)) {
    const [whole, kind = "", rest = ""] = match;
    const value =
      kind === "secretsmanager" ? await resolveSecret(rest, sources) : await resolveSsm(kind, rest, sources);
    result += text.slice(end, match.index) + value;
    end = match.index + whole.length;
  }
  return result + text.slice(end);
}

async function resolveSsm(kind: string, rest: string, sources: DynamicSources): Promise<string> {
  const version = /:(\d+)$/.exec(rest)?.[1];
  const name = version === undefined ? rest : rest.slice(0, -version.length - 1);
  const value = await sources.ssm(name, version, kind === "ssm-secure");
  if (value !== undefined) return value;
  throw new TemplateError(`Unable to resolve dynamic reference {{resolve:${kind}:${rest}}}: parameter not found.`);
}

/** `id-or-arn:SecretString:json-key:stage:version`, everything but the id optional. */
async function resolveSecret(rest: string, sources: DynamicSources): Promise<string> {
  const isArn = rest.startsWith("arn:");
  const parts = rest.split(":");
  const id = isArn ? parts.slice(0, 7).join(":") : parts[0]!;
  const [field = "SecretString", key = "", stage = "", version = ""] = parts.slice(isArn ? 7 : 1);
  if (field !== "SecretString" && field !== "") {
    throw new TemplateError(`Incorrect format is used in the following SecretsManager dynamic reference: [${rest}]`);
  }
  const text = await sources.secret(id, stage || undefined, version || undefined);
  if (key === "") return text;
  const parsed: unknown = JSON.parse(text);
  if (isObject(parsed) && Object.hasOwn(parsed, key)) return String(parsed[key]);
  throw new TemplateError(`Could not find a value associated with JSONKey in SecretString`);
}

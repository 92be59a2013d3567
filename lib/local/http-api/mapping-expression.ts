import { selectJsonPath } from "./json-path.ts";
import type { Exchange } from "./exchange.ts";
import { decode } from "./match-route.ts";
import { contextVariable } from "./variables.ts";

/** What an expression can speak of. */
export interface ExpressionSource {
  readonly exchange: Exchange;
  readonly body?: Buffer | undefined;
  readonly response?: { readonly headers: ReadonlyMap<string, readonly string[]>; readonly body: Buffer | undefined };
}

/** AWS looks for a JSON path in the first 100 KB of a body. */
const BODY_LIMIT_BYTES = 100 * 1024;

/** A mapping's value: a variable, a text with `${variables}`, or a plain text. Undefined when a lone variable is. */
export function resolveExpression(text: string, source: ExpressionSource): string | undefined {
  if (/^\$(request|response|context|stageVariables)\.[^\s${}]+$/.test(text)) return variable(text.slice(1), source);
  return text.replaceAll(
    /\$\{((?:request|response|context|stageVariables)\.[^}]+)\}/g,
    (_all, name: string) => variable(name, source) ?? "",
  );
}

function variable(name: string, source: ExpressionSource): string | undefined {
  const [root, rest] = splitOnce(name);
  if (root === "context") return contextVariable(source.exchange, rest);
  if (root === "stageVariables") {
    const { variables } = source.exchange.stage;
    return Object.hasOwn(variables, rest) ? variables[rest] : undefined;
  }
  return root === "request" ? ofRequest(rest, source) : ofResponse(rest, source);
}

function ofRequest(name: string, { exchange, body }: ExpressionSource): string | undefined {
  const { request, route } = exchange;
  if (name === "path") return decode(request.routePath);
  if (name === "body") return body?.toString("utf8");
  const [part, rest] = splitOnce(name);
  if (part === "header") return joined(request.headers.get(rest.toLowerCase()));
  if (part === "querystring") return joined(request.query.filter(([one]) => one === rest).map(([, value]) => value));
  if (part === "path") return route?.parameters.find(([one]) => one === rest)?.[1];
  if (part === "body") return inBody(body, rest);
  return undefined;
}

function ofResponse(name: string, { response }: ExpressionSource): string | undefined {
  if (name === "body") return response?.body?.toString("utf8");
  const [part, rest] = splitOnce(name);
  if (part === "header") return joined(response?.headers.get(rest.toLowerCase()));
  return part === "body" ? inBody(response?.body, rest) : undefined;
}

function inBody(body: Buffer | undefined, path: string): string | undefined {
  if (!body) return undefined;
  try {
    const found = selectJsonPath(JSON.parse(body.subarray(0, BODY_LIMIT_BYTES).toString("utf8")), path);
    if (found === undefined || found === null) return undefined;
    return typeof found === "string" ? found : JSON.stringify(found);
  } catch {
    return undefined;
  }
}

function joined(values: readonly string[] | undefined): string | undefined {
  return values && values.length > 0 ? values.join(",") : undefined;
}

function splitOnce(text: string): [string, string] {
  const at = text.indexOf(".");
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}

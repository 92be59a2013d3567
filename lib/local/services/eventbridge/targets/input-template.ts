import { JsonTokens } from "../../../../util/event-pattern/json-tokens.ts";
import { EventPatternError } from "../../../../util/event-pattern/pattern-error.ts";

const PLACEHOLDER = /<([^<>\s"]+)>/y;

/**
 * Fills a template's `<placeholders>`. Outside of quotes a value is JSON; inside it is text, and what is not text loses
 * its quotes. `valueOf` answers undefined for what the event does not have, which leaves nothing.
 */
export function renderTemplate(template: string, valueOf: (name: string) => unknown): string {
  let text = "";
  let isQuoted = false;
  for (let i = 0; i < template.length; i++) {
    const char = template[i]!;
    PLACEHOLDER.lastIndex = i;
    const found = char === "<" ? PLACEHOLDER.exec(template) : null;
    if (found !== null) {
      text += isQuoted ? asText(valueOf(found[1]!)) : asJson(valueOf(found[1]!));
      i = PLACEHOLDER.lastIndex - 1;
      continue;
    }
    if (char === '"') isQuoted = !isQuoted;
    text += char;
    if (char === "\\" && isQuoted && i + 1 < template.length) text += template[++i];
  }
  return text;
}

/** What is wrong with a template: it must be JSON once it is filled, or lines that are strings. */
export function tryFindTemplateProblem(template: string): string | undefined {
  const filled = renderTemplate(template, () => "x");
  const problem = tryFindJsonProblem(filled);
  if (problem === undefined || filled.split("\n").every((line) => isString(line.trim()))) return undefined;
  return problem;
}

function asJson(value: unknown): string {
  return JSON.stringify(value ?? (value === undefined ? "" : null));
}

function asText(value: unknown): string {
  if (value === undefined) return "";
  return typeof value === "string" ? JSON.stringify(value).slice(1, -1) : JSON.stringify(value).replaceAll('"', "");
}

function isString(line: string): boolean {
  return line === "" || (line.startsWith('"') && tryFindJsonProblem(line) === undefined);
}

function tryFindJsonProblem(text: string): string | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    return findPlace(text) ?? String(error);
  }
}

/** The same complaint as AWS's parser has. */
function findPlace(text: string): string | undefined {
  try {
    const tokens = new JsonTokens(text);
    while (tokens.next().kind !== "end");
    return undefined;
  } catch (error) {
    return error instanceof EventPatternError ? error.message : undefined;
  }
}

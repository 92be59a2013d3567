import { DEEPEST_NESTING, templateFormatError } from "./format-error.ts";
import { parseYaml } from "./yaml.ts";

/** A template as written, once JSON or YAML is read. Keys are the user's: look them up by `Object.hasOwn` only. */
export type RawTemplate = Record<string, unknown>;

/**
 * Reads a template's text as JSON or YAML (with the short forms of the intrinsic functions). Refuses in AWS's words:
 * `ValidationError`, "Template format error: …" with line and column.
 */
export function parseTemplateText(text: string): RawTemplate {
  const body = text.startsWith("\uFEFF") ? text.slice(1) : text;
  const value = /^\s*\{/.test(body) ? parseJson(body) : parseYaml(body);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw templateFormatError("unsupported structure.");
  }
  return value as RawTemplate;
}

function parseJson(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const { line, column } = positionOf(text, error as SyntaxError);
    throw templateFormatError(`JSON not well-formed. (line ${line}, column ${column})`);
  }
  refuseDepth(text);
  if (text.includes('"__proto__"')) throw templateFormatError("'__proto__' is not allowed as a key.");
  return value;
}

function refuseDepth(text: string): void {
  let depth = 0;
  let isInString = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (isInString) {
      if (character === "\\") at++;
      else if (character === '"') isInString = false;
    } else if (character === '"') isInString = true;
    else if (character === "{" || character === "[") depth++;
    else if (character === "}" || character === "]") depth--;
    if (depth > DEEPEST_NESTING) throw templateFormatError("the template is nested too deeply.");
  }
}

/** V8 names the position of the offending character; AWS counts the column just behind it. */
function positionOf(text: string, error: SyntaxError): { line: number; column: number } {
  const at = /at position (\d+)/.exec(error.message)?.[1];
  const before = text.slice(0, at === undefined ? text.length : Number(at));
  const lines = before.split("\n");
  // AWS has read the character that it did not expect.
  const read = before.length < text.length ? 1 : 0;
  return { line: lines.length, column: lines.at(-1)!.length + 1 + read };
}

import { isObject } from "../../../template/is-object.ts";
import { parseJson } from "../../../util/parse-json.ts";

/** Which variables each state reads, by the state's name: only states that read some are in it. */
export function referencesOf(definition: string): { variableReferences?: Record<string, string[]> } {
  const variableReferences = Object.fromEntries(statesOf(parseJson(definition)));
  return Object.keys(variableReferences).length === 0 ? {} : { variableReferences };
}

function* statesOf(branch: unknown): Generator<[name: string, variables: string[]]> {
  if (!isObject(branch) || !isObject(branch["States"])) return;
  for (const [name, state] of Object.entries(branch["States"])) {
    if (!isObject(state)) continue;
    const variables = [...new Set(variablesIn(state))].toSorted();
    if (variables.length > 0) yield [name, variables];
    const { Branches, ItemProcessor, Iterator: iterator } = state;
    for (const inner of [Branches, ItemProcessor, iterator].flat()) yield* statesOf(inner);
  }
}

const INNER = new Set(["Branches", "ItemProcessor", "Iterator"]);

function variablesIn(state: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(state).flatMap(([field, value]) => (INNER.has(field) ? [] : variablesOf(field, value)));
}

/** Paths are values of fields that take one; expressions are wherever `{% %}` is. */
function variablesOf(field: string, value: unknown): string[] {
  if (typeof value === "string") {
    if (/^\{%[\s\S]*%\}$/.test(value)) return namesInExpression(value);
    return field.endsWith(".$") || field.endsWith("Path") || field === "Variable" ? namesInPath(value) : [];
  }
  if (Array.isArray(value)) return value.flatMap((one) => variablesOf("", one));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, one]) => variablesOf(key, one));
}

const QUOTED = /'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"/g;

/** `$name`, but neither `$.member` nor the context object `$$`. */
function namesInPath(path: string): string[] {
  return [...path.replaceAll(QUOTED, "").matchAll(/(?<![\w$])\$([A-Za-z_]\w*)/g)].flatMap(([, name]) => name ?? []);
}

/** Neither functions nor what the expression binds itself. */
function namesInExpression(expression: string): string[] {
  const text = expression.replaceAll(QUOTED, "");
  const bound = new Set([...text.matchAll(/\$(\w+)\s*:=/g)].map(([, name]) => name));
  for (const [, parameters = ""] of text.matchAll(/(?:function|λ)\s*\(([^)]*)\)/g)) {
    for (const [, name] of parameters.matchAll(/\$(\w+)/g)) bound.add(name);
  }
  const names = [...text.matchAll(/(?<![\w$])\$([A-Za-z_]\w*)(?!\w|\s*\()/g)].flatMap(([, name]) => name ?? []);
  return names.filter((name) => name !== "states" && !bound.has(name));
}

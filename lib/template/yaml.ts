import { DEEPEST_NESTING, templateFormatError } from "./format-error.ts";
import { createRequire } from "node:module";
import type { Document, Node } from "yaml";

const require = createRequire(import.meta.url);
/** Loaded with the first template that is not JSON: most clouds see none. */
const yaml = () => require("yaml") as typeof import("yaml");

/** Tags of YAML 1.1 that CloudFormation does not know: their text stays text (`2012-10-17` is not a date). */
const UNKNOWN_TO_CLOUDFORMATION = new Set(["timestamp", "binary", "omap", "pairs", "set", "merge"]);

/** Reads YAML 1.1 as CloudFormation does: no anchors as bombs, no double keys, `!Short` forms made long. */
export function parseYaml(text: string): unknown {
  const { LineCounter, parseDocument } = yaml();
  const lines = new LineCounter();
  const document = parseDocument(text, {
    version: "1.1",
    schema: "yaml-1.1",
    merge: false,
    uniqueKeys: true,
    lineCounter: lines,
    logLevel: "silent",
    customTags: (tags) =>
      tags.filter((tag) => !UNKNOWN_TO_CLOUDFORMATION.has(typeof tag === "string" ? tag : shortName(tag.tag))),
  });
  const problem = document.errors[0];
  if (problem) {
    const { line, col } = lines.linePos(problem.pos[0]);
    throw templateFormatError(`YAML not well-formed. (line ${line}, column ${col})`);
  }
  return convert(document.contents, document, 0);
}

function shortName(tag: string): string {
  return tag.slice(tag.lastIndexOf(":") + 1);
}

function convert(node: Node | null, document: Document, depth: number): unknown {
  if (depth > DEEPEST_NESTING) throw templateFormatError("the template is nested too deeply.");
  if (node === null) return null;
  if (yaml().isAlias(node)) throw templateFormatError("YAML aliases are not allowed in CloudFormation templates");
  const value = convertPlain(node, document, depth);
  const tag = node.tag;
  return tag?.startsWith("!") && !tag.startsWith("!!") && tag.length > 1 ? expandShortForm(tag.slice(1), value) : value;
}

function convertPlain(node: Node, document: Document, depth: number): unknown {
  if (yaml().isScalar(node)) return isTextByRight(node.value, node.source) ? node.source : node.value;
  if (yaml().isSeq(node)) return node.items.map((item) => convert(item as Node | null, document, depth + 1));
  if (!yaml().isMap(node)) return null;
  const result: Record<string, unknown> = {};
  for (const pair of node.items) {
    const key = yaml().isScalar(pair.key) ? (pair.key.source ?? String(pair.key.value)) : String(pair.key);
    if (key === "__proto__") throw templateFormatError("'__proto__' is not allowed as a key.");
    result[key] = convert(pair.value as Node | null, document, depth + 1);
  }
  return result;
}

/** An account id with a leading zero, a number that a double cannot hold, and `N` (DynamoDB's type) are text. */
function isTextByRight(value: unknown, source: string | undefined): boolean {
  if (source === undefined) return false;
  if (typeof value === "boolean") return source.length === 1;
  if (typeof value !== "number") return false;
  return /^[-+]?0\d*[89]/.test(source) || (Number.isInteger(value) && !Number.isSafeInteger(value));
}

/** `!GetAtt a.b` to `{"Fn::GetAtt": ["a", "b"]}`, and so on. */
function expandShortForm(name: string, value: unknown): unknown {
  if (name === "Ref" || name === "Condition") return { [name]: value };
  if (name === "GetAtt" && typeof value === "string") {
    const dot = value.indexOf(".");
    return { "Fn::GetAtt": dot < 0 ? [value] : [value.slice(0, dot), value.slice(dot + 1)] };
  }
  return { [`Fn::${name}`]: value };
}

import { createRequire } from "node:module";
import type { Node } from "yaml";
import type { TemplatePath } from "./references.ts";

const require = createRequire(import.meta.url);
/** Loaded with the first position: most templates need none. */
const yaml = () => require("yaml") as typeof import("yaml");

/** A place in a template's text, both counted from 1, as editors do. */
export interface SourcePosition {
  readonly line: number;
  readonly column: number;
}

/**
 * Where the value at `path` is written in a template's text, JSON or YAML. Paths are those of the parsed template and
 * of references: `["Resources", "Queue", "Properties", "Url", "Fn::Sub"]`, also where the text says `!Sub`. Returns the
 * nearest parent that is there; undefined where the text is not a template.
 */
export function sourcePositionOf(text: string, path: TemplatePath): SourcePosition | undefined {
  const { LineCounter, parseDocument } = yaml();
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, logLevel: "silent", merge: false });
  const start = document.contents && descend(document.contents, path).range?.[0];
  if (start === undefined || start === null) return undefined;
  const { line, col } = lineCounter.linePos(start);
  return { line, column: col };
}

function descend(node: Node, path: TemplatePath): Node {
  const [step, ...rest] = path;
  if (step === undefined) return node;
  const child = isShortForm(node, step) ? node : childOf(node, step);
  if (child === undefined) return node;
  // A short form is the function and its argument in one node: it counts once.
  return child === node ? descendUntagged(node, rest) : descend(child, rest);
}

function descendUntagged(node: Node, path: TemplatePath): Node {
  const [step, ...rest] = path;
  const child = step === undefined ? undefined : childOf(node, step);
  return child === undefined ? node : descend(child, rest);
}

/** `!Sub` is short for `Fn::Sub`, `!Ref` for `Ref`. */
function isShortForm({ tag }: Node, step: string | number): boolean {
  return tag !== undefined && (tag === `!${step}` || `Fn::${tag.slice(1)}` === step);
}

function childOf(node: Node, step: string | number): Node | undefined {
  const { isMap, isNode, isSeq } = yaml();
  if (!isMap(node) && !isSeq(node)) return undefined;
  const child: unknown = node.get(isSeq(node) ? Number(step) : step, true);
  return isNode(child) ? child : undefined;
}

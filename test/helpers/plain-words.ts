import { Visitor } from "oxc-parser";
import { parseSource, type SourceFile } from "./parse-source.ts";

/**
 * Words that readers of English docs stumble over, and what to write instead. "There is no" and "lies" in the sense of an
 * untruth are fine; a package name is not a word.
 */
const WORDS: ReadonlyMap<string, string> = new Map([
  ["told|tells", "reports, prints, shows, is notified of"],
  ["hears|heard", "receives, is notified of"],
  ["somebody|nobody|whoever|whatever", "name the subject: the caller, another deployer, the driver, the user"],
  ["(?<!there )(?:is|are) no(?= (?!longer)[a-z])", "is not a"],
  ["unfit", "cannot be updated, not allowed"],
  ["anew", "again"],
  ["begun", "started"],
  ["mends?|mended|mending", "fix"],
  ["wish(?:es)?", "request"],
  ["given up|gives up", "aborted, discarded"],
  ["buried", "sent to the dead-letter queue"],
  ["waved through", "explicitly overridden"],
  ["puts? off", "deferred"],
  ["(?:for|in) want of", "without, because … is missing"],
  ["strangers?", "another caller, an unknown caller"],
  ["stands for|stands in|stands between|where (?:\\w+ )+stands", "represents, is in, connects, the state of"],
]);

const PATTERN = new RegExp(`\\b(?:${[...WORDS.keys()].join("|")})\\b`, "gi");

/** The places of a text with a word of the list, as `line: word`. */
export function findWords(text: string): string[] {
  return [...text.matchAll(PATTERN)].map(
    ({ index, 0: word }) => `${text.slice(0, index).split("\n").length}: ${word}, write: ${adviceFor(word)}`,
  );
}

/** The same in a source file, where only comments and texts are read by people. */
export function findWordsInCode(file: SourceFile): string[] {
  const { path, text } = file;
  if (text.search(PATTERN) === -1) return [];
  const { program, comments } = parseSource(file);
  const texts: { start: number; end: number }[] = [...comments];
  new Visitor({
    Literal: (node) => {
      if (typeof node.value === "string" && node.value.includes(" ")) texts.push(node);
    },
    TemplateElement: (node) => texts.push(node),
  }).visit(program);
  return texts.flatMap(({ start, end }) => {
    const before = text.slice(0, start).split("\n").length - 1;
    return findWords(text.slice(start, end)).map((found) => {
      const [line = "1", ...rest] = found.split(":");
      return `${path}:${before + Number(line)}:${rest.join(":")}`;
    });
  });
}

function adviceFor(word: string): string {
  return (
    [...WORDS].find(([pattern]) => new RegExp(`\\b(?:${pattern})\\b`, "i").test(`${word} a`))?.[1] ?? "another word"
  );
}

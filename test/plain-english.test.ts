import { globSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { findWords, findWordsInCode } from "./helpers/plain-words.ts";
import { RATCHETS } from "./helpers/ratchets.ts";

const root = new URL("..", import.meta.url).pathname;
const read = (...patterns: string[]) =>
  globSync(patterns, { cwd: root }).map((path) => ({ path, text: readFileSync(`${root}/${path}`, "utf8") }));

describe("plain English", () => {
  it("has no word of the list in the docs", () => {
    const docs = read("*.md", "docs/**/*.md", "lib/**/*.md", "templates/**/*.md", "functions/**/*.md");
    expect(docs.length).toBeGreaterThan(20);
    expect(docs.flatMap(({ path, text }) => findWords(text).map((found) => `${path}:${found}`))).toEqual([]);
  });

  it.each([
    ["the code", ["bin/**/*.ts", "lib/**/*.ts", "functions/**/*.ts", "templates/**/*.ts"], RATCHETS.wordsInCode],
    ["tests and scripts", ["test/**/*.ts", "bench/**/*.ts", "scripts/**/*.ts"], RATCHETS.wordsInTests],
  ])("has fewer words of the list in the comments and texts of %s", (_, patterns, limit) => {
    const found = read(...patterns)
      .filter(({ path }) => !/plain-(?:words|english\.test)\.ts$|^test\/fixtures\//.test(path))
      .flatMap(findWordsInCode);
    expect(found.length, found.slice(0, 20).join("\n")).toBeLessThanOrEqual(limit);
  });
});

describe("the word list", () => {
  it.each(["it is told of it", "whoever drives", "This is no pass.", "where the release stands", "begun anew"])(
    "finds: %s",
    (text) => {
      expect(findWords(text)).not.toEqual([]);
    },
  );

  it.each(["there is no stable version", "the outstanding request", "no longer there", "kindness"])(
    "lets through: %s",
    (text) => {
      expect(findWords(text)).toEqual([]);
    },
  );

  it("reads comments and texts in code, and not the names", () => {
    const text = 'const told = 1; // nobody reads\nthrow new Error("whatever it is");\nconst a = `${told} is no b`;';
    expect(findWordsInCode({ path: "a.ts", text }).map((found) => found.split(",")[0])).toEqual([
      "a.ts:1: nobody",
      "a.ts:2: whatever",
      "a.ts:3: is no",
    ]);
  });
});

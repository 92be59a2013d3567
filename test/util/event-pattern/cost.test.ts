import { describe, expect, it } from "vitest";
import { EventPattern, tryFindPatternProblem } from "../../../lib/util/event-pattern/event-pattern.ts";
import { parseJson } from "../../../lib/util/parse-json.ts";

/** How often a matcher reads a field of an item, for an event whose lists hold `count` items. */
function readsOf(pattern: object, eventOf: (items: unknown[]) => unknown, count: number): number {
  let reads = 0;
  const handler: ProxyHandler<object> = {
    get: (target, name, receiver) => (reads++, Reflect.get(target, name, receiver)),
    getOwnPropertyDescriptor: (target, name) => (reads++, Reflect.getOwnPropertyDescriptor(target, name)),
  };
  const items = Array.from({ length: count }, (_, index) => new Proxy({ id: index, tags: ["x"] }, handler));
  new EventPattern(JSON.stringify(pattern)).matches(eventOf(items));
  return reads;
}

const SHAPES: [about: string, pattern: object, eventOf: (items: unknown[]) => unknown][] = [
  ["a field below a list", { detail: { items: { id: [-1] } } }, (items) => ({ detail: { items } })],
  [
    "an absent field below a list",
    { detail: { items: { gone: [{ exists: false }], id: [-1] } } },
    (items) => ({ detail: { items } }),
  ],
  ["a list below a list", { a: { items: { tags: { x: ["y"] } } } }, (items) => ({ a: [{ items }] })],
  [
    "alternatives",
    { $or: [{ a: { id: [-1] } }, { a: { tags: ["y"], none: [{ exists: false }] } }] },
    (items) => ({ a: items }),
  ],
];

describe("matching a pattern", () => {
  it.each(SHAPES)("reads in proportion to the event: %s", (_about, pattern, eventOf) => {
    const [few, many] = [readsOf(pattern, eventOf, 200), readsOf(pattern, eventOf, 2000)];
    expect(few).toBeGreaterThan(0);
    expect(many / few).toBeLessThan(12);
  });

  it("keeps to the item of a list where its fields must hold together", () => {
    const pattern = new EventPattern(JSON.stringify({ a: { b: [1], c: [{ exists: false }] } }));
    expect(pattern.matches({ a: [{ b: 1 }, { b: 2 }] })).toBe(true);
    expect(pattern.matches({ a: [{ b: 1 }, { c: 2 }] })).toBe(false);
    expect(pattern.matches({ a: [{ b: 2, c: 1 }, { b: 3 }] })).toBe(false);
  });
});

describe("nesting that would exhaust the stack", () => {
  const nested = (depth: number) => `${'{"a":'.repeat(depth)}["x"]${"}".repeat(depth)}`;

  it("is refused in a pattern, in the words of AWS's parser", () => {
    expect(tryFindPatternProblem(nested(900))).toBeUndefined();
    expect(tryFindPatternProblem(nested(50_000))).toMatch(
      /^Document nesting depth \(1001\) exceeds the maximum allowed/,
    );
  });

  it("is refused in a pattern whose names are steps", () => {
    expect(tryFindPatternProblem(JSON.stringify({ [`a${".a".repeat(50_000)}`]: ["x"] }))).toMatch(/1000 steps/);
  });

  it("matches nothing in an event whose names are steps", () => {
    const name = `a${".a".repeat(50_000)}`;
    const event = { [name]: 1, b: { [name]: 2 } };
    expect(new EventPattern('{"a":{"a":["x"]}}').matches(event)).toBe(false);
  });

  it("is refused in JSON of any caller, and quotes and escapes do not count", () => {
    expect(() => parseJson("[".repeat(200_000))).toThrow(SyntaxError);
    expect(() => parseJson(`${"[".repeat(1001)}${"]".repeat(1001)}`)).toThrow("deeper than 1000 levels");
    expect(parseJson(JSON.stringify(['\\"[['.repeat(2000)]))).toEqual(['\\"[['.repeat(2000)]);
  });
});

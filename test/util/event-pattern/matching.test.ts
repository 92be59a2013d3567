import { describe, expect, test } from "vitest";
import { EventPattern } from "../../../lib/util/event-pattern/event-pattern.ts";

/** The cases whose answers were recorded from AWS's TestEventPattern in 2025, and some of our own, below `detail`. */
const MATCHES: [about: string, pattern: object, event: object][] = [
  ["one value", { a: ["x"] }, { a: "x" }],
  ["a boolean", { a: [true] }, { a: true }],
  ["null", { a: [null] }, { a: null }],
  ["one of a list's items", { a: ["x", "y"] }, { a: ["z", "y"] }],
  ["numbers that are written differently", { a: [300] }, { a: 3e2 }],
  ["all fields at once", { a: ["x"], b: { c: [1] } }, { a: "x", b: { c: 1 }, d: 2 }],
  ["prefix", { a: [{ prefix: "2022-07" }] }, { a: "2022-07-13" }],
  ["prefix ignoring case", { a: [{ prefix: { "equals-ignore-case": "AB" } }] }, { a: "abc" }],
  ["suffix", { a: [{ suffix: ".png" }] }, { a: "x.png" }],
  ["suffix ignoring case", { a: [{ suffix: { "equals-ignore-case": ".PNG" } }] }, { a: "x.png" }],
  ["equals-ignore-case", { a: [{ "equals-ignore-case": "AbC" }] }, { a: "aBc" }],
  ["anything-but", { a: [{ "anything-but": "x" }] }, { a: "y" }],
  ["anything-but a list", { a: [{ "anything-but": ["x", "y"] }] }, { a: "z" }],
  ["anything-but strings and null", { a: [{ "anything-but": ["x"] }] }, { a: null }],
  ["anything-but numbers", { a: [{ "anything-but": [1, 2] }] }, { a: 3 }],
  ["anything-but zero", { a: [{ "anything-but": 0 }] }, { a: 1 }],
  ["anything-but a prefix", { a: [{ "anything-but": { prefix: "x" } }] }, { a: "yx" }],
  ["anything-but prefixes, a number", { a: [{ "anything-but": { prefix: ["x", "y"] } }] }, { a: 1 }],
  ["anything-but a prefix, null", { a: [{ "anything-but": { prefix: "init" } }] }, { a: null }],
  ["anything-but suffixes", { a: [{ "anything-but": { suffix: [".txt", ".rtf"] } }] }, { a: "x.png" }],
  ["anything-but a suffix, null", { a: [{ "anything-but": { suffix: ".txt" } }] }, { a: null }],
  ["anything-but a wildcard", { a: [{ "anything-but": { wildcard: "*/dir/*" } }] }, { a: "a/b" }],
  ["anything-but a wildcard, a number", { a: [{ "anything-but": { wildcard: "*/dir/*" } }] }, { a: 123 }],
  ["anything-but a wildcard, null", { a: [{ "anything-but": { wildcard: "*/dir/*" } }] }, { a: null }],
  ["anything-but ignoring case", { a: [{ "anything-but": { "equals-ignore-case": ["X", "Y"] } }] }, { a: "z" }],
  ["an address in a block", { a: [{ cidr: "10.0.0.0/24" }] }, { a: "10.0.0.255" }],
  ["an address of version 6 in a block", { a: [{ cidr: "2001:db8::/32" }] }, { a: "2001:DB8:0:1::5" }],
  ["an address that is written differently", { a: ["::1"] }, { a: "0:0:0:0:0:0:0:1" }],
  ["numeric", { a: [{ numeric: [">", 0, "<=", 5] }] }, { a: 5 }],
  ["numeric equality", { a: [{ numeric: ["=", 3.018e2] }] }, { a: 301.8 }],
  ["wildcard", { a: [{ wildcard: "dir/*.png" }] }, { a: "dir/x.png" }],
  ["wildcard that repeats", { a: [{ wildcard: "*abc*abc*" }] }, { a: "0abc1abc2" }],
  ["wildcard with an escaped star", { a: [{ wildcard: "a\\*b*" }] }, { a: "a*bc" }],
  ["wildcard that must not overlap itself", { a: [{ wildcard: "aba*aba" }] }, { a: "abaaba" }],
  ["exists", { a: [{ exists: true }] }, { a: null }],
  ["exists false", { a: [{ exists: false }] }, { b: 1 }],
  ["exists false below what is not there", { a: { b: [{ "anything-but": ["x"] }, { exists: false }] } }, { c: 1 }],
  ["exists in one of the items of a list", { a: { id: [{ exists: true }] } }, { a: [{ k: 1 }, { id: 2 }] }],
  ["an alternative beside a number", { a: [{ numeric: [">", 100] }, { "anything-but": "101" }] }, { a: "42" }],
  ["$or", { $or: [{ a: ["x"] }, { b: [{ numeric: ["<", 10] }] }] }, { b: 9 }],
  ["$or beside a field", { c: [1], $or: [{ a: [1] }, { b: [1] }] }, { c: 1, b: 1 }],
  ["a name with a dot as two steps", { state: { status: ["running"] } }, { "state.status": "running" }],
  ["two steps as a name with a dot", { "state.status": ["running"] }, { state: { status: "running" } }],
  ["fields of one item of a list", { a: { x: [1], y: [2] } }, { a: [{ x: 1, y: 2 }, { x: 3 }] }],
  ["a list in a list", { a: [7] }, { a: [[1], [2, [7]]] }],
];

const DIFFERS: typeof MATCHES = [
  ["a boolean and its word", { a: [true] }, { a: "true" }],
  ["an empty list and null", { a: [null] }, { a: [] }],
  ["an empty list and exists", { a: [{ exists: true }] }, { a: [] }],
  ["exists on an object", { a: [{ exists: true }] }, { a: { S: "x" } }],
  ["exists false where one item has it", { a: { id: [{ exists: false }] } }, { a: [{ k: 1 }, { id: 2 }] }],
  ["a number and its digits", { a: [{ numeric: ["=", 5] }] }, { a: "5" }],
  ["a number beyond its bounds", { a: [{ numeric: [">", 0, "<", 5] }] }, { a: 5 }],
  ["anything-but, and the field is missing", { a: [{ "anything-but": ["x"] }] }, { b: 1 }],
  ["anything-but a prefix, and the field is missing", { a: [{ "anything-but": { prefix: "x" } }] }, {}],
  ["anything-but numbers", { a: [{ "anything-but": [100, 200, 300] }] }, { a: 300 }],
  ["anything-but suffixes", { a: [{ "anything-but": { suffix: [".txt", ".rtf"] } }] }, { a: "x.rtf" }],
  ["anything-but wildcards", { a: [{ "anything-but": { wildcard: ["*/dir/*", "b*"] } }] }, { a: "bc" }],
  ["anything-but ignoring case", { a: [{ "anything-but": { "equals-ignore-case": ["X"] } }] }, { a: "x" }],
  ["equals-ignore-case with nothing", { a: [{ "equals-ignore-case": "" }] }, { a: "x" }],
  ["suffix ignoring case", { a: [{ suffix: { "equals-ignore-case": ".PNG" } }] }, { a: "x.jpg" }],
  ["an address beyond a block", { a: [{ cidr: "10.0.0.0/24" }] }, { a: "10.0.1.0" }],
  ["no address at all", { a: [{ cidr: "10.0.0.0/24" }] }, { a: "xx.11.xx.8" }],
  ["a wildcard's ends that would overlap", { a: [{ wildcard: "aba*aba" }] }, { a: "aba" }],
  [
    "a name with a dot before a step too many",
    { "state.status": { status: ["running"] } },
    { state: { status: "running" } },
  ],
  ["JSON in a string", { a: { b: ["x"] } }, { a: '{"b":"x"}' }],
  ["fields of several items of a list", { a: { x: [1], y: [2] } }, { a: [{ x: 1 }, { y: 2 }] }],
  ["neither branch of $or", { $or: [{ a: [1] }, { b: [1] }] }, { a: 2 }],
  ["a name of Object's own", { constructor: { name: [{ exists: true }] } }, {}],
];

describe("a pattern", () => {
  test.each(MATCHES)("matches %s", (_about, detail, event) => {
    expect(new EventPattern(JSON.stringify({ detail })).matches({ detail: event })).toBe(true);
  });

  test.each(DIFFERS)("does not match %s", (_about, detail, event) => {
    expect(new EventPattern(JSON.stringify({ detail })).matches({ detail: event })).toBe(false);
  });

  test("lists the strings that a field must equal one of, so that rules can be indexed by them", () => {
    const of = (pattern: object) => new EventPattern(JSON.stringify(pattern)).exactValues("source");
    expect(of({ source: ["a", "b"] })).toEqual(["a", "b"]);
    expect(of({ source: ["a", { prefix: "b" }] })).toBeUndefined();
    expect(of({ source: [{ exists: false }] })).toBeUndefined();
    expect(of({ source: ["10.0.0.1"] })).toBeUndefined();
    expect(of({ detail: { source: ["a"] } })).toBeUndefined();
  });

  test("takes time in proportion to the text for wildcards that would make a regular expression explode", () => {
    const pattern = new EventPattern(JSON.stringify({ a: [{ wildcard: "*a*a*a*a*b" }] }));
    const startedMs = performance.now();
    expect(pattern.matches({ a: "a".repeat(250_000) })).toBe(false);
    expect(performance.now() - startedMs).toBeLessThan(1000);
  });

  test("means the last of a field's tests where one is given twice, and all of an object's", () => {
    const pattern = new EventPattern('{"a":[1],"a":[2],"d":{"x":[1]},"d":{"y":[1]}}');
    expect(pattern.matches({ a: 2, d: { x: 1, y: 1 } })).toBe(true);
    expect(pattern.matches({ a: 1, d: { x: 1, y: 1 } })).toBe(false);
    expect(pattern.matches({ a: 2, d: { y: 1 } })).toBe(false);
  });
});

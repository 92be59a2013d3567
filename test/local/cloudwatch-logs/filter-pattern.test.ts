import { describe, expect, test } from "vitest";
import {
  compileFilterPattern,
  readFilterPattern,
} from "../../../lib/local/services/cloudwatch-logs/filter-pattern/filter-pattern.ts";

const EVENT = JSON.stringify({
  eventType: "UpdateTrail",
  sourceIPAddress: "111.111.111.111",
  arrayKey: ["value", "another value"],
  objectList: [
    { name: "a", id: 1 },
    { name: "b", id: 2 },
  ],
  SomeObject: null,
  ThisFlag: true,
  latency: 12.5,
  code: 404,
  "a.b": "dotted",
});

const ACCESS = '127.0.0.1 - frank [10/Oct/2000:13:25:15 -0700] "GET /index.html HTTP/1.0" 404 1534';

describe("terms", () => {
  test.each([
    ["", "anything", true],
    [" ", "anything", true],
    ["ERROR", "[ERROR] x", true],
    ["ERROR", "error", false],
    ["ERROR Exception", "ERROR an Exception", true],
    ["ERROR Exception", "ERROR only", false],
    ['"INTERNAL SERVER ERROR"', "500 INTERNAL SERVER ERROR", true],
    ['"INTERNAL SERVER ERROR"', "INTERNAL ERROR", false],
    ['"say \\"hi\\""', 'they say "hi"', true],
    ["ERROR -EXITING", "ERROR ok", true],
    ["ERROR -EXITING", "ERROR EXITING", false],
    ['ERROR -"shutting down"', "ERROR shutting down", false],
    ["?ERROR ?WARN", "a WARN b", true],
    ["?ERROR ?WARN", "info", false],
    ["INFO ?ERROR ?WARN", "INFO", true],
  ])("%s against %s: %s", (pattern, message, expected) => {
    expect(compileFilterPattern(pattern)(message)).toBe(expected);
  });

  test.each(["a.b", "x=1", 'abc"', "(a)"])("fails when a term needs quotes: %s", (pattern) => {
    expect(() => compileFilterPattern(pattern)).toThrow(/Invalid (character\(s\) in term|filter pattern)/);
  });

  test("fails when a regular expression is asked for, and says that it is not supported", () => {
    expect(() => compileFilterPattern("%ERR.*%")).toThrow("regular expressions");
  });
});

describe("JSON selectors", () => {
  test.each([
    ['{ $.eventType = "UpdateTrail" }', true],
    ["{ $.eventType = UpdateTrail }", true],
    ['{ $.eventType = "Update*" }', true],
    ['{ $.eventType != "UpdateTrail" }', false],
    ["{ $.sourceIPAddress != 123.123.* }", true],
    ["{ $.sourceIPAddress = 111.111.* }", true],
    ['{ $.arrayKey[0] = "value" }', true],
    ['{ $.arrayKey[1] = "value" }', false],
    ['{ $.arrayKey[*] = "another value" }', true],
    ["{ $.objectList[1].id = 2 }", true],
    ["{ $.SomeObject IS NULL }", true],
    ["{ $.ThisFlag IS TRUE }", true],
    ["{ $.ThisFlag IS FALSE }", false],
    ["{ $.SomeOtherObject NOT EXISTS }", true],
    ["{ $.eventType NOT EXISTS }", false],
    ["{ $.latency > 12 }", true],
    ["{ $.latency >= 1.25e1 }", true],
    ["{ $.latency < 12 }", false],
    ["{ $.code = 4* }", true],
    ["{ $.code = 404 && $.latency > 100 }", false],
    ["{ $.code = 404 || $.latency > 100 }", true],
    ["{ $.code = 500 && ($.latency > 1 || $.ThisFlag IS TRUE) }", false],
    ["{ ($.code = 404) && ($.latency > 1 && $.ThisFlag IS TRUE) }", true],
    ['{ $.["a.b"] = "dotted" }', true],
    ['{ $.missing = "x" }', false],
    ["{ $.__proto__ NOT EXISTS }", true],
  ])("%s: %s", (pattern, expected) => {
    expect(compileFilterPattern(pattern)(EVENT)).toBe(expected);
  });

  test("match nothing that is not JSON", () => {
    expect(compileFilterPattern("{ $.a NOT EXISTS }")("plain text")).toBe(false);
  });

  test.each(["{ $.a }", "{ $.a = }", "{ $.a = 1", "{ $.a > x }", "{ a = 1 }", "{ $.a = 1 && }", "{ ($.a = 1 }"])(
    "fails when the pattern is %s",
    (pattern) => expect(() => compileFilterPattern(pattern)).toThrow("Invalid filter pattern"),
  );
});

describe("space-delimited fields", () => {
  test.each([
    ["[ip, user, username, timestamp, request, status_code, bytes]", true],
    ["[ip, user, username, timestamp, request, status_code]", false],
    ["[..., status_code = 4*, bytes]", true],
    ["[ip, ..., bytes > 1000]", true],
    ["[ip, ..., bytes > 2000]", false],
    ['[ip, user, username, timestamp, request = "*html*", status_code = 4* || status_code = 5*, bytes]', true],
    ["[ip, ..., status_code = 4* && status_code != 404, bytes]", false],
    ["[ip = 127.0.0.1, ...]", true],
  ])("%s: %s", (pattern, expected) => {
    expect(compileFilterPattern(pattern)(ACCESS)).toBe(expected);
  });

  test("give their values", () => {
    const match = readFilterPattern("[ip, id, user, time, request, status = 4*, bytes]").match(ACCESS);
    expect(match?.value("$bytes")).toBe("1534");
    expect(match?.extracted()).toMatchObject({ $ip: "127.0.0.1", $time: "10/Oct/2000:13:25:15 -0700" });
  });

  test.each(["[a, b = ]", "[a, ..., b, ...]", "[a, c = 1 && b = 2]", "[a", "[]"])(
    "fails when the pattern is %s",
    (pattern) => {
      expect(() => compileFilterPattern(pattern)).toThrow("Invalid filter pattern");
    },
  );
});

test("a pattern of many wildcards takes no time that grows beside the text", () => {
  const pattern = compileFilterPattern(`{ $.a = "${"a*".repeat(200)}b" }`);
  const started = performance.now();
  expect(pattern(JSON.stringify({ a: "a".repeat(100_000) }))).toBe(false);
  expect(performance.now() - started).toBeLessThan(500);
});

import { describe, expect, test } from "vitest";
import { alarmsOf, parseAlarmRule, ruleHolds } from "../../../lib/local/services/cloudwatch/alarms/alarm-rule.ts";

const STATES = new Map([
  ["red", "ALARM"],
  ["also red", "ALARM"],
  ["green", "OK"],
  ["grey", "INSUFFICIENT_DATA"],
]);

function holds(rule: string): boolean {
  return ruleHolds(parseAlarmRule(rule), (name) => STATES.get(name));
}

describe("an alarm rule", () => {
  test.each([
    ["ALARM(red)", true],
    ['ALARM("also red")', true],
    ["OK(red)", false],
    ["INSUFFICIENT_DATA(grey)", true],
    ["NOT OK(red)", true],
    ["ALARM(green) OR ALARM(red)", true],
    ["ALARM(green) AND ALARM(red)", false],
    ["ALARM(red) OR ALARM(red) AND ALARM(green)", true],
    ["(ALARM(red) OR ALARM(red)) AND ALARM(green)", false],
    ["TRUE AND NOT FALSE", true],
    ['AT_LEAST(2, ALARM, (red, "also red", green))', true],
    ["AT_LEAST(3, ALARM, (red, 'also red', green))", false],
    ["AT_LEAST(50%, OK, (red, green))", true],
    ["AT_LEAST(2, NOT ALARM, (red, green, grey))", true],
  ])("%s: %s", (rule, expected) => {
    expect(holds(rule)).toBe(expected);
  });

  test("names its alarms", () => {
    const rule = 'ALARM("a") AND (OK(b) OR NOT AT_LEAST(1, ALARM, (c, d)))';
    expect(alarmsOf(parseAlarmRule(rule))).toEqual(["a", "b", "c", "d"]);
  });

  test.each([
    "",
    "ALARM",
    "ALARM(",
    "ALARM()",
    "ALARM(a) AND",
    "RED(a)",
    "ALARM(a) ALARM(b)",
    "(ALARM(a)",
    "AT_LEAST(0, ALARM, (a))",
  ])("fails when it is '%s'", (rule) => expect(() => parseAlarmRule(rule)).toThrow("Error in AlarmRule"));
});

import { describe, expect, test } from "vitest";
import {
  decideAlarm,
  type MissingDataTreatment,
} from "../../../lib/local/services/cloudwatch/alarms/alarm-decision.ts";

/** `X` breaches, `0` does not, `-` is missing; the newest last. */
function decide(range: string, evaluationPeriods: number, datapointsToAlarm: number, treatMissingData: string) {
  const points = range.split(" ").map((mark, at) => ({
    atMs: at * 60_000,
    value: mark === "-" ? undefined : mark === "X" ? 1 : 0,
    sampleCount: undefined,
  }));
  const rule = {
    evaluationPeriods,
    datapointsToAlarm,
    treatMissingData: treatMissingData as MissingDataTreatment,
    breaches: (value: number) => value > 0,
  };
  return decideAlarm(points, rule).state ?? "retained";
}

// The two tables of https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
describe("three of three", () => {
  test.each([
    ["0 - X - X", "OK", "OK", "OK", "OK"],
    ["0 - - - -", "OK", "OK", "OK", "OK"],
    ["- - - - -", "INSUFFICIENT_DATA", "retained", "ALARM", "OK"],
    ["0 X X - X", "ALARM", "ALARM", "ALARM", "ALARM"],
    ["- - X - -", "ALARM", "retained", "ALARM", "OK"],
  ])("%s", (range, missing, ignore, breaching, notBreaching) => {
    const states = ["missing", "ignore", "breaching", "notBreaching"].map((one) => decide(range, 3, 3, one));
    expect(states).toEqual([missing, ignore, breaching, notBreaching]);
  });
});

describe("two of three", () => {
  test.each([
    ["0 - X - X", "ALARM", "ALARM", "ALARM", "ALARM"],
    ["0 0 X 0 X", "ALARM", "ALARM", "ALARM", "ALARM"],
    ["0 - X - -", "OK", "OK", "ALARM", "OK"],
    ["- - - - 0", "OK", "OK", "ALARM", "OK"],
    ["- - - X -", "ALARM", "retained", "ALARM", "OK"],
  ])("%s", (range, missing, ignore, breaching, notBreaching) => {
    const states = ["missing", "ignore", "breaching", "notBreaching"].map((one) => decide(range, 3, 2, one));
    expect(states).toEqual([missing, ignore, breaching, notBreaching]);
  });
});

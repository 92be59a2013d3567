import { expect, test } from "vitest";
import { tryFindNearestName, wordsOf } from "../../lib/util/nearest-name.ts";

const NAMES = ["deliveryDelay", "fifo", "maxBatchingWindow", "queueName", "retentionPeriod", "visibilityTimeout"];

test.each([
  ["visibilityTimout", "visibilityTimeout"],
  ["visiblityTimeout", "visibilityTimeout"],
  ["VisibilityTimeout", "visibilityTimeout"],
  ["queuename", "queueName"],
  ["fiof", "fifo"],
  ["delay", "deliveryDelay"],
  ["retention", "retentionPeriod"],
  ["window", "maxBatchingWindow"],
  ["messageRetentionPeriod", "retentionPeriod"],
  ["colour", undefined],
  ["", undefined],
])("'%s' most likely means %s", (given, nearest) => {
  expect(tryFindNearestName(given, NAMES)).toBe(nearest);
});

test("a name is split into its words, in the singular", () => {
  expect(wordsOf("reportBatchItemFailures")).toEqual(["report", "batch", "item", "failure"]);
});

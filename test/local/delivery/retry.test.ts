import { expect, test } from "vitest";
import { AwsError } from "../../../lib/local/aws-error.ts";
import { DeliveryFailure, toFailure } from "../../../lib/local/delivery/failure.ts";
import { limitsOf, planRetry } from "../../../lib/local/delivery/retry.ts";

const retryable = new DeliveryFailure("ServiceException", "Try again.", "retryable");

test.each([
  [new AwsError("ResourceNotFoundException", "Not there."), "final"],
  [new AwsError("NotImplemented", "Not carried.", { statusCode: 501 }), "final"],
  [new AwsError("TooManyRequestsException", "Slow down.", { statusCode: 429 }), "throttled"],
  [new AwsError("ProvisionedThroughputExceededException", "Slow down."), "throttled"],
  [new AwsError("ServiceUnavailable", "Stopping.", { statusCode: 503 }), "retryable"],
  [new AwsError("ResourceConflictException", "Being updated.", { statusCode: 409 }), "retryable"],
  [new TypeError("a fault of the cloud"), "retryable"],
])("%s is %s", (error, kind) => {
  expect(toFailure(error).kind).toBe(kind);
});

test("pauses double from one second to eight minutes", () => {
  const pauses = [0, 1, 2, 8, 9, 184].map((attempts) => planRetry(retryable, attempts, limitsOf()));
  const seconds = [1, 2, 4, 256, 480, 480];
  expect(pauses).toEqual(seconds.map((each) => ({ retryAfterMs: each * 1000 })));
});

test("a final failure, the last attempt and the age each end the retries, and name the limit", () => {
  const limits = limitsOf({ MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: 60 });
  expect(planRetry(new DeliveryFailure("NotFound", "Not there."), 0, limits)).toEqual({ exhausted: undefined });
  expect(planRetry(retryable, 2, limits)).toEqual({ exhausted: "MaximumRetryAttempts" });
  expect(planRetry(retryable, 1, limits, 60_000)).toEqual({ exhausted: "MaximumEventAgeInSeconds" });
  // The last pause ends with the age.
  expect(planRetry(retryable, 1, limits, 59_500)).toEqual({ retryAfterMs: 500 });
});

test("a target that says when to come again is heeded", () => {
  const asked = new DeliveryFailure("Busy", "Come in a minute.", "retryable", 60_000);
  expect(planRetry(asked, 0, limitsOf())).toEqual({ retryAfterMs: 60_000 });
});

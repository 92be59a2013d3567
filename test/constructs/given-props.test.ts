import { readdirSync, readFileSync } from "node:fs";
import { App, Stack } from "aws-cdk-lib";
import { expect, test } from "vitest";
import { DURATIONS } from "../../lib/constructs/given-props.ts";
import { Bucket, Queue, Rollout, Schedule, StateMachine } from "../../lib/index.ts";

/** Seconds, as an app in JavaScript gives them in place of a `Duration`. */
const seconds: never = 300 as never;
const days: never = 7 as never;

test("every prop and option that takes a Duration is known", () => {
  const folder = new URL("../../lib/constructs/", import.meta.url);
  const found = readdirSync(folder).flatMap((name) =>
    [...readFileSync(new URL(name, folder), "utf8").matchAll(/readonly (\w+)\??: Duration\b/g)].map(([, prop]) => prop),
  );
  expect(found.length).toBeGreaterThan(10);
  const known: readonly (string | undefined)[] = DURATIONS;
  expect(found.filter((name) => !known.includes(name))).toEqual([]);
});

test.each<[string, (app: App, stack: Stack) => unknown, string]>([
  [
    "a prop",
    (_app, stack) => new Queue(stack, "Q", { visibilityTimeout: seconds }),
    "[S/Q] visibilityTimeout: got 300",
  ],
  [
    "a prop that may be false",
    (_app, stack) => new Bucket(stack, "B", { abortIncompleteMultipartUploadAfter: days }),
    "[S/B] abortIncompleteMultipartUploadAfter: got 7",
  ],
  ["a canary", () => Rollout.canary({ percent: 10, bake: seconds }), "[Rollout.canary] bake: got 300"],
  ["equal shares", () => Rollout.linear({ percent: 10, every: seconds }), "[Rollout.linear] every: got 300"],
  ["a step", () => Rollout.steps([{ percent: 10, bake: seconds }]), "[Rollout.steps] 0.bake: got 300"],
  [
    "an analysis",
    (app) => new Rollout(app, "R", { analysis: { maxWait: seconds } }),
    "[R] analysis.maxWait: got 300; allowed is a Duration, such as Duration.seconds(300)",
  ],
  [
    "a latency",
    (app) => new Rollout(app, "R", { analysis: { latency: { maxP99: seconds } } }),
    "[R] analysis.latency.maxP99: got 300",
  ],
])("a number in place of a Duration is refused with its place: %s", (_what, make, message) => {
  const app = new App();
  expect(() => make(app, new Stack(app, "S"))).toThrow(message);
});

test("false stays false where it is allowed", () => {
  const stack = new Stack(new App(), "S");
  expect(() => new Bucket(stack, "B", { abortIncompleteMultipartUploadAfter: false })).not.toThrow();
});

test.each<[string, (stack: Stack, props: never) => unknown]>([
  ["StateMachine", (stack, props) => new StateMachine(stack, "X", props)],
  ["Schedule", (stack, props) => new Schedule(stack, "X", props)],
])("%s without props says so, with its path", (_what, make) => {
  expect(() => make(new Stack(new App(), "S"), undefined as never)).toThrow("[S/X] props: got undefined");
});

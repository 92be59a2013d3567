import { App, Stack } from "aws-cdk-lib";
import { StreamViewType } from "aws-cdk-lib/aws-dynamodb";
import type { Construct } from "constructs";
import { expect, test } from "vitest";
import { Bucket, Function, HttpApi, HttpAuth, Queue, Rule, Schedule, Stream, Table, Topic } from "../../lib/index.ts";
import { HELLO } from "../helpers/template.ts";

/** Each makes a trigger of a function. */
const TRIGGERS: Readonly<Record<string, (scope: Construct, fn: Function) => unknown>> = {
  api: (scope, fn) => new HttpApi(scope, "Api", { defaultAuthorizer: HttpAuth.none(), routes: { "GET /": fn } }),
  bucket: (scope, fn) => new Bucket(scope, "Bucket").on("s3:ObjectCreated:*", fn),
  queue: (scope, fn) => new Queue(scope, "Queue").consume(fn),
  rule: (scope, fn) => new Rule(scope, "Rule", { eventPattern: { source: ["shop"] } }).to(fn),
  schedule: (scope, fn) => new Schedule(scope, "Schedule", { schedule: "rate(5 minutes)", target: fn }),
  stream: (scope, fn) => new Stream(scope, "Stream").consume(fn),
  table: (scope, fn) => new Table(scope, "Table", { partitionKey: "id", stream: StreamViewType.NEW_IMAGE }).consume(fn),
  topic: (scope, fn) => new Topic(scope, "Topic").subscribe(fn),
};

test.each(Object.entries(TRIGGERS))("a function is called from %s of another stack without a circle", (_name, make) => {
  const app = new App({ context: { "tidegate:stage": "local" } });
  const [front, back] = [new Stack(app, "Front"), new Stack(app, "Back")];
  make(front, new Function(back, "Work", { entry: HELLO }));
  const { stacks } = app.synth();
  const named = stacks.flatMap(({ dependencies }) => dependencies.map(({ id }) => id));
  expect(named.filter((id) => id === "Front" || id === "Back")).toHaveLength(1);
});

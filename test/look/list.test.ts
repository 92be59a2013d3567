import { stripVTControlCharacters } from "node:util";
import { DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { GetRecordsCommand, GetShardIteratorCommand, KinesisClient } from "@aws-sdk/client-kinesis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runDoctor } from "../../lib/cli/verbs/doctor-run.ts";
import { runEventsSend } from "../../lib/cli/verbs/events-run.ts";
import { runInvoke } from "../../lib/cli/verbs/invoke-run.ts";
import { runList } from "../../lib/cli/verbs/list-run.ts";
import { runLogs } from "../../lib/cli/verbs/logs-run.ts";
import { runOpen } from "../../lib/cli/verbs/open-run.ts";
import type { ListedApp } from "../../lib/look/list/list-app.ts";
import { type LookedAtApp, startLookedAtApp } from "./looked-at-app.ts";

const LIB = new URL("../../lib/index.ts", import.meta.url).pathname;

const SOURCE = {
  version: 1,
  before: `
const { EventBus, HttpApi, HttpAuth, Queue, Rule, Stream, Table } = await import(${JSON.stringify(LIB)});
const { LambdaFunction } = await import("aws-cdk-lib/aws-events-targets");
const { AttributeType } = await import("aws-cdk-lib/aws-dynamodb");
const { CfnOutput } = await import("aws-cdk-lib");
const shop = new Function(stack, "Shop", { entry: "functions/shop.ts", functionName: "shop" });
const api = new HttpApi(stack, "Api", { routes: { "GET /": shop }, defaultAuthorizer: HttpAuth.none() });
new Queue(stack, "Orders");
new Stream(stack, "Clicks");
new Table(stack, "Items", { partitionKey: { name: "id", type: AttributeType.STRING } });
const bus = new EventBus(stack, "Bus");
new Rule(stack, "Placed", { eventBus: bus, eventPattern: { source: ["shop"] }, targets: [new LambdaFunction(shop)] });
new CfnOutput(stack, "Url", { value: api.url });
`,
};

let shop: LookedAtApp;

beforeAll(async () => {
  shop = await startLookedAtApp(
    {
      "functions/shop.ts":
        'export const handler = async (event) => { console.log("got", event.detail); return "hello"; };\n',
    },
    SOURCE,
  );
});

afterAll(() => shop?.stop());

const list = async () => {
  const { document, lines = [] } = await shop.app.run(runList);
  return { app: document as ListedApp, text: lines.join("\n") };
};
const send = (options: Readonly<Record<string, unknown>>) => shop.app.run(runEventsSend, options);

describe("events send", () => {
  it("sends to a queue", async () => {
    const { lines } = await send({ target: "orders", payload: '{"id":7}' });
    expect(lines?.[0]).toMatch(/^Sent to the queue Wire\/Orders: [0-9a-f-]{36}$/);
    const QueueUrl = (await list()).app.queues.find(({ path }) => path === "Wire/Orders")?.url;
    const { Messages } = await shop.cloud.client(SQSClient).send(new ReceiveMessageCommand({ QueueUrl }));
    expect(Messages?.[0]?.Body).toBe('{"id":7}');
  });

  it("sends to a bus, whose rule calls the function", async () => {
    await send({ target: "Bus", set: [{ path: "id", value: 8 }], source: "shop" });
    await expect
      .poll(async () => (await shop.app.run(runLogs, { functions: ["shop"], lines: "50" })).lines?.join("\n"))
      .toContain("got { id: 8 }");
  });

  it("sends to a topic and to a stream", async () => {
    expect((await send({ target: "Releases", payload: "{}" })).document).toMatchObject({ kind: "topic" });
    expect((await send({ target: "Clicks", payload: '{"n":1}', key: "a" })).document).toMatchObject({ kind: "stream" });
    const kinesis = shop.cloud.client(KinesisClient);
    const StreamName = (await list()).app.others.find(({ path }) => path === "Wire/Clicks")?.name;
    const shard = { StreamName, ShardId: "shardId-000000000000", ShardIteratorType: "TRIM_HORIZON" } as const;
    const { ShardIterator } = await kinesis.send(new GetShardIteratorCommand(shard));
    const { Records } = await kinesis.send(new GetRecordsCommand({ ShardIterator }));
    expect(Records?.map(({ Data }) => Buffer.from(Data ?? []).toString())).toEqual(['{"n":1}']);
  });

  it("refuses an unknown target, and nothing to send", async () => {
    await expect(send({ target: "orderz", payload: "{}" })).rejects.toMatchObject({
      message: 'The app has no queue, topic, bus or stream "orderz". Did you mean Orders?',
    });
    await expect(send({ target: "orders" })).rejects.toMatchObject({ message: "There is nothing to send" });
  });
});

describe("list", () => {
  it("shows endpoints, functions with live versions, queues, tables with counts, and outputs", async () => {
    const TableName = (await list()).app.tables[0]?.name;
    await shop.cloud.client(DynamoDBClient).send(new PutItemCommand({ TableName, Item: { id: { S: "1" } } }));
    await send({ target: "orders", payload: "{}" });
    const { app, text } = await list();
    expect(app.functions.find(({ path }) => path === "Wire/Shop")).toMatchObject({
      functionName: "shop",
      alias: "live",
      served: { stable: "1" },
    });
    expect(app.tables).toMatchObject([{ path: "Wire/Items", items: 1 }]);
    expect(await (await fetch(app.endpoints[0]?.url ?? "")).json()).toBe("hello");
    expect(app.outputs["Wire.Url"]).toContain("http");
    expect(text).toMatch(/^Functions\n {2}Wire\/Check +no alias\n {2}Wire\/Shop +live: version 1$/m);
    expect(text).toMatch(/^Queues\n {2}Wire\/Orders +1 waiting/m);
    expect(text).toMatch(/^Tables\n {2}Wire\/Items {2}1 item$/m);
    expect(text).toMatch(/^ {2}Wire\/Releases +topic$/m);
  });
});

describe("open", () => {
  it("prints the API's address, and opens nothing without a terminal", async () => {
    const { document, lines } = await shop.app.run(runOpen);
    expect(document).toMatchObject({ path: "Wire/Api", kind: "api", opened: false });
    expect(await (await fetch(lines?.[0] ?? "")).json()).toBe("hello");
    await expect(shop.app.run(runOpen, { endpoint: "Apy" })).rejects.toMatchObject({
      message: 'The app has no endpoint "Apy". Did you mean Api?',
    });
  });
});

describe("doctor", () => {
  it("finds nothing wrong with an app that is deployed", async () => {
    const { document, exitCode, lines } = await shop.app.run(runDoctor);
    expect(document).toMatchObject({ problems: 0 });
    expect(exitCode).toBe(0);
    const text = stripVTControlCharacters(lines?.join("\n") ?? "");
    expect(text).toContain("ok      stacks: 1 stack is settled");
    expect(text).toContain("ok      release: no release is under way");
    expect(text).toContain("ok      bootstrap: it is there, and new enough");
    expect(text).toMatch(/^ok {6}credentials: arn:aws:.* in us-east-1, stage wire$/m);
  });
});

describe("a stage without the app", () => {
  it("is an error that says what to run", async () => {
    shop.app.project.write(
      "cdk.json",
      JSON.stringify({
        app: "node bin/app.ts",
        context: {
          tidegate: { app: "wire", stages: { wire: { region: "eu-west-1", endpoint: shop.cloud.endpoint } } },
        },
      }),
    );
    for (const verb of [runList, runLogs, runInvoke]) {
      await expect(shop.app.run(verb, { lines: "9", function: "shop" })).rejects.toMatchObject({
        code: "NothingDeployed",
        message: "The stage wire has no stack of the app: Wire",
        fix: "Deploy it first: `tidegate deploy --stage wire`.",
      });
    }
  });
});

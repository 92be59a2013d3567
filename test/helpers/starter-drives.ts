import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { StarterApp } from "./starter-app.ts";

/** An answer of the app's API that shows a failure within. */
export class FailedAnswer extends Error {}

/** What a drive needs. */
export interface Driving {
  readonly app: StarterApp;
  /** Calls the app's API. Throws a `FailedAnswer` where it answers 500 or above. */
  readonly api: <T>(method: string, path: string, body?: unknown) => Promise<T>;
  /** Resolves once the check holds. Rejects as soon as a refusal has been seen. */
  readonly until: (check: () => Promise<boolean>) => Promise<void>;
  /** A name that no earlier drive has used. */
  readonly mark: string;
}

/** Uses everything that a starter's statements are for, once. */
export type Drive = (driving: Driving) => Promise<void>;

const todo: Drive = async ({ api, mark }) => {
  const { id } = await api<{ id: string }>("POST", "/todos", { title: mark });
  await api("GET", "/todos");
  await api("GET", `/todos/${id}`);
  await api("PATCH", `/todos/${id}`, { done: true });
  await api("DELETE", `/todos/${id}`);
};

const automation: Drive = async ({ app, api, until, mark }) => {
  const { cloud, outputs, region, resources } = app;
  const AlarmName = resources.find(({ type }) => type === "AWS::CloudWatch::Alarm")!.physicalId;
  const consumer = { UUID: outputs["Consumer"]! };
  const state = async () => (await cloud.call("lambda", "GetEventSourceMapping", consumer, { region })).State;
  const alarm = (StateValue: "ALARM" | "OK") =>
    cloud.call("cloudwatch", "SetAlarmState", { AlarmName, StateValue, StateReason: mark }, { region });
  const ticket = async () => {
    const tickets = await api<{ status: string; reason: string }[]>("GET", "/tickets");
    return tickets.find(({ reason }) => reason === mark)?.status;
  };
  if ((await state()) !== "Enabled")
    await cloud.call("lambda", "UpdateEventSourceMapping", { ...consumer, Enabled: true }, { region });
  const MessageBody = JSON.stringify({ amount: 5 });
  const payment = { QueueUrl: outputs["PaymentsUrl"]!, MessageBody };
  const { MessageId } = await cloud.call("sqs", "SendMessage", payment, { region });
  await until(async () => (await api<{ id: string }[]>("GET", "/receipts")).some(({ id }) => id === MessageId));
  await alarm("ALARM");
  await until(async () => (await ticket()) !== undefined);
  // Where the alarm is evaluated again meanwhile, it is OK by itself.
  await alarm("OK");
  await until(async () => (await ticket()) === "closed" && (await state()) === "Enabled");
};

const command: Drive = async ({ api }) => {
  const send = (name: string, version: number, input: object) =>
    api<{ id: string }>("POST", "/commands", { command: name, version, input });
  await send("quote", 1, { grams: 1_000 });
  await send("quote", 2, { grams: 1_000 });
  const { id } = await send("ship", 1, { grams: 700 });
  await api("GET", `/parcels/${id}`);
};

const etl: Drive = async ({ app, until, mark }) => {
  const { cloud, outputs, region } = app;
  const Body = Buffer.from(["id,product,price", "tea,Green tea,4.50", "milk,Milk,free", ""].join("\n"));
  const file = `in/${mark}.csv`;
  await cloud.call("s3", "PutObject", { Bucket: outputs["BucketName"]!, Key: file, Body }, { region });
  const report = { TableName: outputs["ReportsName"]!, Key: { file: { S: file } } };
  await until(async () => {
    const { Item } = await cloud.call("dynamodb", "GetItem", report, { region });
    return Item?.["status"]?.S === "loaded" && Item["loaded"]?.N === "1";
  });
};

const fanOut: Drive = async ({ api, until, mark }) => {
  const { id } = await api<{ id: string }>("POST", "/orders", { item: mark, country: "NO" });
  await until(async () => Object.keys(await api<object>("GET", `/orders/${id}`)).length === 3);
};

const messaging: Drive = async ({ api, until, mark }) => {
  const { id } = await api<{ id: string }>("POST", "/orders", { item: mark });
  await until(async () => "packedBy" in (await api<object>("GET", `/orders/${id}`)));
};

const pipesAndFilters: Drive = async ({ api, until, mark }) => {
  const { id } = await api<{ id: string }>("POST", "/reviews", { text: `${mark} ***` });
  await until(async () => "stars" in (await api<object>("GET", `/reviews/${id}`)));
};

const priorityQueue: Drive = async ({ api, until, mark }) => {
  const priorities = ["urgent", "normal", "bulk"];
  const submit = (priority: string) => api<{ id: string }>("POST", "/jobs", { job: mark, priority });
  const ids = (await Promise.all(priorities.map(submit))).map(({ id }) => id);
  await until(async () => {
    const done = await api<{ id: string }[]>("GET", "/jobs");
    return ids.every((id) => done.some((job) => job.id === id));
  });
};

const saga: Drive = async ({ api, until }) => {
  const book = async (to: string, price: number) => (await api<{ id: string }>("POST", "/trips", { to, price })).id;
  const reach = (id: string, status: string) =>
    until(async () => (await api<{ status: string }>("GET", `/trips/${id}`)).status === status);
  const [full, dear] = await Promise.all([book("Atlantis", 300), book("Rome", 1_500)]);
  await reach(full, "refused");
  await reach(dear, "waiting");
  await api("POST", `/trips/${dear}/decision`, { approved: true });
  await reach(dear, "booked");
  await api("GET", "/reservations");
};

/** A site that goes and comes with every look. */
export const site = { url: "", visits: 0 };

/** Starts the site that the starter `site-check` watches. */
export async function startSite(): Promise<Server> {
  const server = createServer((_request, response) => {
    response.writeHead(site.visits++ % 2 === 0 ? 503 : 200).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  site.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return server;
}

const siteCheck: Drive = async ({ app, api, until }) => {
  // The last check comes first.
  const last = async () => (await api<{ at: string }[]>("GET", "/checks"))[0]?.at ?? "";
  const before = await last();
  await app.cloud.clock.advance(5 * 60_000);
  await until(async () => (await last()) > before);
};

const streamAnalytics: Drive = async ({ app, api, until, mark }) => {
  const { cloud, outputs, region } = app;
  const failures = { QueueUrl: outputs["FailuresUrl"]!, MaxNumberOfMessages: 10, VisibilityTimeout: 0 };
  const failed = async () => (await cloud.call("sqs", "ReceiveMessage", failures, { region })).Messages ?? [];
  const put = (Data: string) =>
    cloud.call(
      "kinesis",
      "PutRecord",
      { StreamName: outputs["StreamName"]!, Data: Buffer.from(Data), PartitionKey: "x" },
      { region },
    );
  await api("POST", "/readings", { sensor: mark, value: 20 });
  await until(async () => {
    await cloud.clock.advance(60_000);
    return ((await api<{ minutes?: readonly object[] }>("GET", `/sensors/${mark}`)).minutes ?? []).length > 0;
  });
  const { SequenceNumber } = await put("no reading");
  await until(async () => {
    await cloud.clock.advance(60_000);
    return (await failed()).some(({ Body }) => Body?.includes(SequenceNumber));
  });
};

/** What each starter's statements are for. */
export const DRIVES: Readonly<Record<string, Drive>> = {
  automation,
  command,
  etl,
  example: todo,
  "fan-out": fanOut,
  messaging,
  "pipes-and-filters": pipesAndFilters,
  "priority-queue": priorityQueue,
  saga,
  "site-check": siteCheck,
  "stream-analytics": streamAnalytics,
  todo,
};

import { resolve } from "node:path";
import { startLocalCloud } from "../lib/local/local-cloud.ts";
import { EventPattern } from "../lib/util/event-pattern/event-pattern.ts";
import type { Bench } from "./bench-table.ts";

const RULES = 100;
const CALLS = 500;
const ENTRIES = 10;
const MATCHES = 200_000;

type Cloud = Awaited<ReturnType<typeof startLocalCloud>>;

/** EventBridge on a local cloud in this process, with its state on disk: how many events go through in a second. */
export const eventBenches: Record<string, Bench> = {
  "events-indexed": (scratch) =>
    withCloud(scratch, async (cloud) => {
      await makeRules(cloud, (index) => ({ source: [`shop.${index}`], detail: { total: [{ numeric: [">", 10] }] } }));
      const seconds = await timed(() => putAll(cloud));
      return `${perSecond(CALLS * ENTRIES, seconds)} events a second through ${RULES} rules by source, one of which matches`;
    }),
  "events-scanned": (scratch) =>
    withCloud(scratch, async (cloud) => {
      await makeRules(cloud, (index) => ({ detail: { order: [{ prefix: `o${index}-` }] } }));
      const seconds = await timed(() => putAll(cloud));
      return `${perSecond(CALLS * ENTRIES, seconds)} events a second through ${RULES} rules by detail`;
    }),
  "events-delivered": (scratch) =>
    withCloud(scratch, async (cloud) => {
      await makeRules(cloud, (index) => ({ source: [`shop.${index}`] }));
      await addTarget(cloud);
      const seconds = await timed(async () => {
        await putAll(cloud);
        await arrived(cloud, CALLS * ENTRIES);
      });
      return `${perSecond(CALLS * ENTRIES, seconds)} events a second from PutEvents into a queue`;
    }),
  "pattern-match": () => {
    const detail = { total: [{ numeric: [">", 10] }], state: [{ "anything-but": { prefix: "x" } }] };
    const pattern = new EventPattern(JSON.stringify({ source: ["shop.7"], detail }));
    const startedMs = performance.now();
    for (let index = 0; index < MATCHES; index++) pattern.matches(EVENT);
    return Promise.resolve(`${perSecond(MATCHES, (performance.now() - startedMs) / 1000)} matches a second`);
  },
};

const DETAIL = { order: "o7-1", total: 12, state: "paid", items: [{ sku: "a", count: 1 }] };
const EVENT = { source: "shop.7", "detail-type": "order", region: "us-east-1", resources: [], detail: DETAIL };
const QUEUE_ARN = "arn:aws:sqs:us-east-1:000000000000:all";

async function withCloud(scratch: string, work: (cloud: Cloud) => Promise<string>): Promise<string> {
  const cloud = await startLocalCloud({ stateFolder: resolve(scratch, "cloud"), log: () => undefined });
  try {
    return await work(cloud);
  } finally {
    await cloud.stop();
  }
}

async function makeRules(cloud: Cloud, patternOf: (index: number) => object): Promise<void> {
  for (let index = 0; index < RULES; index++) {
    const EventPattern = JSON.stringify(patternOf(index));
    await cloud.call("eventbridge", "PutRule", { Name: `rule-${index}`, EventPattern });
  }
}

async function addTarget(cloud: Cloud): Promise<void> {
  const statement = { Effect: "Allow", Principal: "*", Action: "sqs:SendMessage", Resource: "*" };
  const Policy = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
  await cloud.call("sqs", "CreateQueue", { QueueName: "all", Attributes: { Policy } });
  await cloud.call("eventbridge", "PutTargets", { Rule: "rule-7", Targets: [{ Id: "1", Arn: QUEUE_ARN }] });
}

async function putAll(cloud: Cloud): Promise<void> {
  const entry = { Source: EVENT.source, DetailType: "order", Detail: JSON.stringify(DETAIL) };
  const Entries = Array.from({ length: ENTRIES }, () => entry);
  for (let call = 0; call < CALLS; call++) await cloud.call("eventbridge", "PutEvents", { Entries });
}

async function arrived(cloud: Cloud, count: number): Promise<void> {
  const { QueueUrl = "" } = await cloud.call("sqs", "GetQueueUrl", { QueueName: "all" });
  for (;;) {
    const AttributeNames = ["ApproximateNumberOfMessages" as const];
    const { Attributes } = await cloud.call("sqs", "GetQueueAttributes", { QueueUrl, AttributeNames });
    if (Number(Attributes?.ApproximateNumberOfMessages) >= count) return;
    await new Promise((done) => setTimeout(done, 5));
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return (performance.now() - startedMs) / 1000;
}

function perSecond(count: number, seconds: number): string {
  return Math.round(count / seconds).toLocaleString("en");
}

import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { ListSchedulesCommand, SchedulerClient } from "@aws-sdk/client-scheduler";
import { SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  DeleteQueueCommand,
  ReceiveMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { TestProject } from "../../helpers/project.ts";
import { clientOptions, deployStarter, destroyStarter, starterProject } from "../../helpers/starter.ts";
import { call } from "../../helpers/todo-client.ts";

/** A site that is healthy until the test changes it. */
const site = { status: 200, visits: 0, url: "" };
let server: Server;
let project: TestProject;
let outputs: Readonly<Record<string, string>>;

beforeAll(async () => {
  server = createServer((_request, response) => {
    site.visits++;
    response.writeHead(site.status).end("hello");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  site.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  project = await starterProject("site-check");
  project.edit("bin/app.ts", (text) => text.replace("https://example.com/", site.url));
  outputs = await deployStarter(project);
});

afterAll(async () => {
  server.close();
  await project.remove();
});

interface Check {
  readonly at: string;
  readonly isUp: boolean;
  readonly answer: string;
}

const checks = async () => (await call<Check[]>(outputs["ApiUrl"]!, "GET", "/checks")).body;
// Five minutes of the schedule are five seconds here.
const soon = { interval: 200 };

/** A queue that receives alerts, as a user would subscribe one. */
async function subscribedQueue() {
  const options = await clientOptions(project);
  const [sqs, sns] = [new SQSClient(options), new SNSClient(options)];
  const TopicArn = outputs["AlertsArn"]!;
  const Endpoint = "arn:aws:sqs:us-east-1:000000000000:alerted";
  const statement = {
    Effect: "Allow",
    Principal: { Service: "sns.amazonaws.com" },
    Action: "sqs:SendMessage",
    Resource: Endpoint,
    Condition: { ArnEquals: { "aws:SourceArn": TopicArn } },
  };
  const Policy = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: "alerted", Attributes: { Policy } }));
  const raw = { RawMessageDelivery: "true" };
  await sns.send(new SubscribeCommand({ TopicArn, Protocol: "sqs", Endpoint, Attributes: raw }));
  sns.destroy();
  return {
    /** Alerts that have come since the last look. */
    async alerts(): Promise<string[]> {
      const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
      for (const { ReceiptHandle } of Messages) await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
      return Messages.map(({ Body }) => Body!);
    },
    async remove() {
      await sqs.send(new DeleteQueueCommand({ QueueUrl }));
      sqs.destroy();
    },
  };
}

it("a site is checked on schedule, its failure and recovery are reported once each, and releases move the check", async () => {
  await expect.poll(async () => (await checks()).length, soon).toBeGreaterThanOrEqual(2);
  const [second, first] = (await checks()).slice(-2);
  expect(first).toMatchObject({ isUp: true, answer: "status 200" });
  // A machine that is busy for seconds may miss a beat, and never leaves it.
  const betweenMs = Date.parse(second!.at) - Date.parse(first!.at);
  expect([betweenMs > 0, betweenMs % (5 * 60_000)]).toEqual([true, 0]);

  const queue = await subscribedQueue();
  const told: string[] = [];
  /** All alerts so far. */
  const alerts = async () => {
    told.push(...(await queue.alerts()));
    return told;
  };
  site.status = 503;
  await expect.poll(alerts, soon).toEqual([expect.stringMatching(/ is down since \S+Z: status 503$/)]);
  // The next look finds nothing new to tell.
  const visits = site.visits;
  await expect.poll(() => site.visits, soon).toBeGreaterThan(visits + 1);
  expect(await alerts()).toHaveLength(1);
  site.status = 200;
  await expect
    .poll(alerts, soon)
    .toEqual([expect.anything(), expect.stringMatching(/ is back since \S+Z: status 200$/)]);

  project.edit("functions/check.ts", (text) => text.replace('"is down"', '"does not answer"'));
  expect(await deployStarter(project)).toEqual(outputs);
  site.status = 500;
  await expect.poll(async () => (await alerts()).at(-1), soon).toMatch(/ does not answer since \S+Z: status 500$/);

  expect((await project.tidegate("rollback")).exitCode).toBe(0);
  site.status = 200;
  await expect.poll(async () => (await alerts()).at(-1), soon).toMatch(/ is back since /);
  site.status = 404;
  await expect.poll(async () => (await alerts()).at(-1), soon).toMatch(/ is down since \S+Z: status 404$/);

  await queue.remove();
  await destroyStarter(project);
  const scheduler = new SchedulerClient(await clientOptions(project));
  expect((await scheduler.send(new ListSchedulesCommand({}))).Schedules).toEqual([]);
  scheduler.destroy();
});

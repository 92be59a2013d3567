import { ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { emptyProject, type TestProject } from "../helpers/project.ts";

const APP = `import { App, CfnOutput, Stack } from "aws-cdk-lib";
import { EventBus, Rule } from "aws-cdk-lib/aws-events";
import { SqsQueue } from "aws-cdk-lib/aws-events-targets";
import { Topic } from "aws-cdk-lib/aws-sns";
import { SqsSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import { Function, Queue, Rollout } from "tidegate";

const app = new App();
const stack = new Stack(app, "News");
new Function(stack, "Answer", { entry: "functions/answer.ts", environment: { VERSION: "__VERSION__" } });
const topic = new Topic(stack, "Topic");
const mail = new Queue(stack, "Mail");
topic.addSubscription(new SqsSubscription(mail));
const bus = new EventBus(stack, "Bus");
const desk = new Queue(stack, "Desk");
const eventPattern = { source: ["tidegate.release"], detail: { state: ["SUCCEEDED"] } };
new Rule(stack, "Finished", { eventBus: bus, eventPattern, targets: [new SqsQueue(desk)] });
new Rollout(app, "Rollout", { policy: "AllAtOnce", notifications: [topic, bus] });
new CfnOutput(stack, "MailUrl", { value: mail.queueUrl });
new CfnOutput(stack, "DeskUrl", { value: desk.queueUrl });
app.synth();
`;

let project: TestProject;
let sqs: SQSClient;
let outputs: Readonly<Record<string, string>>;

function write(version: number): void {
  const put = (path: string, content: string) => {
    mkdirSync(join(project.folder, path, ".."), { recursive: true });
    writeFileSync(join(project.folder, path), content);
  };
  put("cdk.json", JSON.stringify({ app: "node bin/app.ts", context: { tidegate: { app: "news" } } }));
  put("functions/answer.ts", "export const handler = async () => process.env.VERSION;\n");
  put("bin/app.ts", APP.replace("__VERSION__", String(version)));
}

async function deploy(version: number): Promise<string> {
  write(version);
  const deployed = await project.json<{
    exitCode: number;
    release: { id: string };
    stacks: { outputs: Record<string, string> }[];
  }>("deploy");
  expect(deployed.exitCode).toBe(0);
  outputs = deployed.stacks[0]!.outputs;
  return deployed.release.id;
}

beforeAll(() => {
  project = emptyProject();
});

afterAll(async () => {
  sqs?.destroy();
  await project.remove();
});

/** Everything that has come into a queue so far. */
async function gather(QueueUrl: string, into: string[]): Promise<string[]> {
  const receive = new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 3600 });
  const { Messages = [] } = await sqs.send(receive);
  into.push(...Messages.map(({ Body = "" }) => Body));
  return into;
}

it("a topic and a bus of the app receive the events of its releases", async () => {
  await deploy(1);
  const { endpoint } = await project.json<{ endpoint: string }>("local", "status");
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  sqs = new SQSClient({ endpoint, region: "us-east-1", credentials });
  const release = await deploy(2);

  const events: string[] = [];
  const finished = () => events.map((body) => JSON.parse(body) as { detail: { release: string; app: string } });
  await expect
    .poll(
      async () =>
        (await gather(outputs["DeskUrl"]!, events)) && finished().some(({ detail }) => detail.release === release),
    )
    .toBe(true);
  expect(finished().every(({ detail }) => detail.app === "news")).toBe(true);

  const mails: string[] = [];
  const states = () =>
    mails
      .map(
        (body) => JSON.parse((JSON.parse(body) as { Message: string }).Message) as { release: string; state: string },
      )
      .filter((one) => one.release === release)
      .map(({ state }) => state);
  await expect
    .poll(async () => (await gather(outputs["MailUrl"]!, mails)) && states().includes("SUCCEEDED"))
    .toBe(true);
  expect(states()).toEqual(expect.arrayContaining(["STAGING", "PROMOTING", "FINALISING", "SUCCEEDED"]));
});

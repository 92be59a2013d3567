import { EventBridgeClient, PutEventsCommand, PutRuleCommand, PutTargetsCommand } from "@aws-sdk/client-eventbridge";
import { CreateStreamCommand, KinesisClient, PutRecordCommand } from "@aws-sdk/client-kinesis";
import {
  CreateEventSourceMappingCommand,
  InvokeCommand,
  PutFunctionEventInvokeConfigCommand,
} from "@aws-sdk/client-lambda";
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { CreateStateMachineCommand, SFNClient, StartExecutionCommand } from "@aws-sdk/client-sfn";
import { CreateTopicCommand, PublishCommand, SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import { CreateQueueCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ROLE, startLambda, type LambdaFixture } from "../lambda/lambda-fixture.ts";

const ROUNDS = 3;
const QUEUE = "arn:aws:sqs:us-east-1:000000000000:queue";
const TOPIC = "arn:aws:sns:us-east-1:000000000000:topic";
const CODE = `exports.handler = async (event) => {
  if (event.n % 2) throw new Error("failed on purpose");
  return event;
};`;

let unhandled: unknown[];
const keep = (reason: unknown) => unhandled.push(reason);

beforeEach(() => {
  unhandled = [];
  process.on("unhandledRejection", keep);
});
afterEach(() => void process.off("unhandledRejection", keep));

/** Services that pass things on to each other behind the answers. */
async function prepare(fixture: LambdaFixture) {
  const { cloud, lambda } = fixture;
  const s3 = cloud.client(S3Client, { forcePathStyle: true });
  const [sqs, sns, sfn] = [cloud.client(SQSClient), cloud.client(SNSClient), cloud.client(SFNClient)];
  const [kinesis, events] = [cloud.client(KinesisClient), cloud.client(EventBridgeClient)];
  await s3.send(new CreateBucketCommand({ Bucket: "bucket" }));
  const anyone = { Effect: "Allow", Principal: "*", Action: "sqs:SendMessage", Resource: QUEUE };
  const Policy = JSON.stringify({ Version: "2012-10-17", Statement: [anyone] });
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: "queue", Attributes: { Policy } }));
  await fixture.make("function", CODE);
  const DestinationConfig = { OnFailure: { Destination: "arn:aws:s3:::bucket" }, OnSuccess: { Destination: QUEUE } };
  const FunctionName = "function";
  await lambda.send(
    new PutFunctionEventInvokeConfigCommand({ FunctionName, MaximumRetryAttempts: 0, DestinationConfig }),
  );
  await lambda.send(new CreateEventSourceMappingCommand({ FunctionName, EventSourceArn: QUEUE }));
  await sns.send(new CreateTopicCommand({ Name: "topic" }));
  await sns.send(new SubscribeCommand({ TopicArn: TOPIC, Protocol: "sqs", Endpoint: QUEUE }));
  await events.send(new PutRuleCommand({ Name: "rule", EventPattern: '{"source":["test"]}' }));
  await events.send(new PutTargetsCommand({ Rule: "rule", Targets: [{ Id: "queue", Arn: QUEUE }] }));
  await kinesis.send(new CreateStreamCommand({ StreamName: "stream", ShardCount: 1 }));
  const call = { Type: "Task", Resource: "arn:aws:states:::lambda:invoke", Parameters: { FunctionName }, End: true };
  const definition = JSON.stringify({ StartAt: "Call", States: { Call: call } });
  const machine = await sfn.send(new CreateStateMachineCommand({ name: "flow", roleArn: ROLE, definition }));
  return (n: number): Promise<unknown>[] => [
    s3.send(new PutObjectCommand({ Bucket: "bucket", Key: "same", Body: "x".repeat(1 + (n % 3000)) })),
    s3.send(new GetObjectCommand({ Bucket: "bucket", Key: "same" })).then((got) => got.Body!.transformToString()),
    sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: `{"n":${n}}` })),
    lambda.send(new InvokeCommand({ FunctionName, InvocationType: "Event", Payload: `{"n":${n}}` })),
    sns.send(new PublishCommand({ TopicArn: TOPIC, Message: "hello" })),
    events.send(new PutEventsCommand({ Entries: [{ Source: "test", DetailType: "hello", Detail: "{}" }] })),
    kinesis.send(new PutRecordCommand({ StreamName: "stream", PartitionKey: `${n}`, Data: Buffer.from("x") })),
    sfn.send(new StartExecutionCommand({ stateMachineArn: machine.stateMachineArn, input: "{}" })),
  ];
}

test(
  "a cloud that is stopped in the middle of work leaves nothing behind that fails later",
  { timeout: 180_000 },
  async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const log: string[] = [];
      const fixture = await startLambda({ log: (line) => log.push(line) });
      const send = await prepare(fixture);
      const over = new AbortController();
      let [n, answered] = [0, 0];
      const client = async () => {
        while (!over.signal.aborted) {
          const outcomes = await Promise.allSettled(send(n++));
          answered += outcomes.filter(({ status }) => status === "fulfilled").length;
        }
      };
      const clients = [client(), client(), client(), client()];
      // In the middle of it, and every time somewhere else.
      await expect.poll(() => answered, { timeout: 60_000, interval: 5 }).toBeGreaterThan(40 + 25 * round);
      await fixture.cloud.stop();
      over.abort();
      await Promise.all(clients);
      // Work that was deferred past the end would run now.
      await sleep(100);
      expect(log.filter((line) => /s3 .*database is not open|could not be handled/.test(line))).toEqual([]);
    }
    expect(unhandled).toEqual([]);
  },
);

import { ApiGatewayV2Client } from "@aws-sdk/client-apigatewayv2";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { IAMClient } from "@aws-sdk/client-iam";
import { KinesisClient } from "@aws-sdk/client-kinesis";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { S3Client } from "@aws-sdk/client-s3";
import { SFNClient } from "@aws-sdk/client-sfn";
import { SNSClient } from "@aws-sdk/client-sns";
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient, type Message } from "@aws-sdk/client-sqs";
import { expect } from "vitest";
import type { InlineApp } from "../inline-app.ts";

/** Clients of everything that triggers and their targets are. */
export function clientsOf({ cloud }: InlineApp) {
  return {
    apis: cloud.client(ApiGatewayV2Client),
    dynamodb: cloud.client(DynamoDBClient),
    events: cloud.client(EventBridgeClient),
    iam: cloud.client(IAMClient),
    kinesis: cloud.client(KinesisClient),
    lambda: cloud.client(LambdaClient),
    logs: cloud.client(CloudWatchLogsClient),
    s3: cloud.client(S3Client, { forcePathStyle: true }),
    sns: cloud.client(SNSClient),
    sqs: cloud.client(SQSClient),
    states: cloud.client(SFNClient),
  };
}

/** The first message of a queue whose body passes; those before it are gone. Polls until it is there. */
export async function awaitMessage(
  app: InlineApp,
  QueueUrl: string,
  isWanted: (body: string) => boolean,
): Promise<Message> {
  const { sqs } = clientsOf(app);
  const found: Message[] = [];
  const receive = new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, MessageAttributeNames: ["All"] });
  await expect
    .poll(async () => {
      const { Messages = [] } = await sqs.send(receive);
      found.push(...Messages.filter(({ Body = "" }) => isWanted(Body)));
      return found.length;
    })
    .toBeGreaterThan(0);
  const [message = {}] = found;
  return message;
}

/** A queue of the test's own for what is refused; with `closed`, nothing may send to it. */
export async function makeQueue(app: InlineApp, QueueName: string, closed = false): Promise<string> {
  const statement = { Effect: "Allow", Principal: "*", Action: "sqs:SendMessage", Resource: "*" };
  const Policy = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
  const { QueueUrl = "" } = await clientsOf(app).sqs.send(
    new CreateQueueCommand({ QueueName, ...(!closed && { Attributes: { Policy } }) }),
  );
  return QueueUrl;
}

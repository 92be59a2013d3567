import { randomUUID } from "node:crypto";
import { CreateIntegrationCommand, CreateRouteCommand, GetApisCommand } from "@aws-sdk/client-apigatewayv2";
import { DescribeLogGroupsCommand, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { DescribeTableCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { PutEventsCommand, PutRuleCommand, PutTargetsCommand, type Target } from "@aws-sdk/client-eventbridge";
import { CreateRoleCommand } from "@aws-sdk/client-iam";
import { PutRecordCommand } from "@aws-sdk/client-kinesis";
import { CreateEventSourceMappingCommand } from "@aws-sdk/client-lambda";
import {
  CreateBucketCommand,
  PutBucketNotificationConfigurationCommand,
  PutObjectCommand,
  type NotificationConfiguration,
} from "@aws-sdk/client-s3";
import { DescribeExecutionCommand, ListExecutionsCommand } from "@aws-sdk/client-sfn";
import { CreateTopicCommand, PublishCommand, SubscribeCommand } from "@aws-sdk/client-sns";
import { SendMessageCommand } from "@aws-sdk/client-sqs";
import { expect } from "vitest";
import type { InlineApp } from "../inline-app.ts";
import { deniedWords, HOME, type LinkFamily } from "./live-links.ts";
import { awaitMessage, clientsOf, makeQueue } from "./trigger-clients.ts";
import { buildTriggers } from "./trigger-stack.ts";

type Clients = ReturnType<typeof clientsOf>;
type Pair = (app: InlineApp) => Promise<void>;

const UNLINKED = `arn:aws:lambda:${HOME}:function:unlinked`;
const queueUrl = ({ cloud }: InlineApp, name: string) => `${cloud.endpoint}/000000000000/${name}`;
const arnOfQueue = (url: string) => `arn:aws:sqs:${HOME}:${url.split("/").at(-1)}`;

/** Sends something with a mark of its own, and waits for it at the other end: as the function had it, or by itself. */
function arrives(send: (clients: Clients, mark: string) => Promise<unknown>, by: "function" | "itself"): Pair {
  return async (app) => {
    const mark = randomUUID();
    await send(clientsOf(app), mark);
    const isWanted = (body: string) => body.includes(mark) && body.startsWith("received ") === (by === "function");
    await awaitMessage(app, queueUrl(app, "inbox"), isWanted);
  };
}

const send = {
  toQueue: ({ sqs }: Clients, mark: string) =>
    sqs.send(new SendMessageCommand({ QueueUrl: `000000000000/jobs`, MessageBody: mark })),
  toStream: ({ kinesis }: Clients, mark: string) =>
    kinesis.send(new PutRecordCommand({ StreamName: "clicks", PartitionKey: "a", Data: Buffer.from(mark) })),
  toTable: ({ dynamodb }: Clients, mark: string) =>
    dynamodb.send(new PutItemCommand({ TableName: "orders", Item: { id: { S: mark } } })),
  toTopic: ({ sns }: Clients, mark: string) =>
    sns.send(new PublishCommand({ TopicArn: `arn:aws:sns:${HOME}:news`, Message: mark })),
  toBucket:
    (Bucket: string) =>
    ({ s3 }: Clients, mark: string) =>
      s3.send(new PutObjectCommand({ Bucket, Key: mark, Body: "x" })),
  toRule:
    (Source: string) =>
    ({ events }: Clients, mark: string) =>
      events.send(
        new PutEventsCommand({ Entries: [{ Source, DetailType: "sale", Detail: JSON.stringify({ mark }) }] }),
      ),
};

/** Lambda looks at the function's role when a source is given to it. */
function refusesSource(findArn: (app: InlineApp) => Promise<string>, words: (arn: string) => string): Pair {
  return async (app) => {
    const EventSourceArn = await findArn(app);
    const create = { EventSourceArn, FunctionName: "unlinked", StartingPosition: "LATEST" as const };
    const { StartingPosition: _position, ...ofQueue } = create;
    const input = EventSourceArn.includes(":sqs:") ? ofQueue : create;
    await expect(clientsOf(app).lambda.send(new CreateEventSourceMappingCommand(input))).rejects.toMatchObject({
      name: "InvalidParameterValueException",
      message: words(EventSourceArn),
    });
  };
}

const cannotAccess = (arn: string, actions: string) =>
  `Cannot access stream ${arn}. Please ensure the role can perform the ${actions} Actions on your stream in IAM.`;

/** SNS says nothing where a subscriber's policy does not let it in: the message is a dead letter. */
function losesMessage(protocol: "lambda" | "sqs", makeEndpoint: (app: InlineApp) => Promise<string>): Pair {
  return async (app) => {
    const [refused, Endpoint] = [await makeQueue(app, `refused-${protocol}`), await makeEndpoint(app)];
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: arnOfQueue(refused) });
    const subscription = { TopicArn: `arn:aws:sns:${HOME}:news`, Protocol: protocol, Endpoint };
    const { sns } = clientsOf(app);
    await sns.send(new SubscribeCommand({ ...subscription, Attributes: { RedrivePolicy } }));
    const mark = randomUUID();
    await send.toTopic(clientsOf(app), mark);
    await awaitMessage(app, refused, (body) => body.includes(mark));
  };
}

/** S3 looks at the target's policy when it is named. */
function refusesTarget(configure: (app: InlineApp) => Promise<NotificationConfiguration>): Pair {
  return async (app) => {
    const { s3 } = clientsOf(app);
    const Bucket = `lonely-${randomUUID()}`;
    await s3.send(new CreateBucketCommand({ Bucket }));
    const NotificationConfiguration = await configure(app);
    const put = new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration });
    await expect(s3.send(put)).rejects.toMatchObject({
      name: "InvalidArgument",
      message: "Unable to validate the following destination configurations",
    });
  };
}

const Events = ["s3:ObjectCreated:*" as const];

/** EventBridge looks at policies when it delivers: the dead letter has the reason. */
function deadLetter(words: RegExp, makeTarget: (app: InlineApp) => Promise<Omit<Target, "Id">>): Pair {
  return async (app) => {
    const { events } = clientsOf(app);
    const name = `lonely.${randomUUID()}`;
    const refused = await makeQueue(app, `refused-${name.slice(-12)}`);
    await events.send(new PutRuleCommand({ Name: name, EventPattern: JSON.stringify({ source: [name] }) }));
    const target = { ...(await makeTarget(app)), Id: "lonely", DeadLetterConfig: { Arn: arnOfQueue(refused) } };
    await events.send(new PutTargetsCommand({ Rule: name, Targets: [target] }));
    const mark = randomUUID();
    await send.toRule(name)(clientsOf(app), mark);
    const { MessageAttributes: attributes } = await awaitMessage(app, refused, (body) => body.includes(mark));
    expect(attributes?.["ERROR_CODE"]?.StringValue).toBe("NO_PERMISSIONS");
    expect(attributes?.["ERROR_MESSAGE"]?.StringValue).toMatch(words);
  };
}

/** A role for rules that may do nothing. */
async function powerlessRole(app: InlineApp): Promise<string> {
  const trust = { Effect: "Allow", Principal: { Service: "events.amazonaws.com" }, Action: "sts:AssumeRole" };
  const AssumeRolePolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement: [trust] });
  const create = new CreateRoleCommand({ RoleName: `powerless-${randomUUID()}`, AssumeRolePolicyDocument });
  return (await clientsOf(app).iam.send(create)).Role?.Arn ?? "";
}

const closedQueue = async (app: InlineApp) => arnOfQueue(await makeQueue(app, `closed-${randomUUID()}`, true));
const closedTopic = async (app: InlineApp) =>
  (await clientsOf(app).sns.send(new CreateTopicCommand({ Name: `closed-${randomUUID()}` }))).TopicArn ?? "";

async function startsWorkflow(app: InlineApp): Promise<void> {
  const mark = randomUUID();
  await send.toRule("to.workflow")(clientsOf(app), mark);
  const { states } = clientsOf(app);
  const stateMachineArn = `arn:aws:states:${HOME}:stateMachine:flow`;
  const inputs = async () => {
    const { executions = [] } = await states.send(new ListExecutionsCommand({ stateMachineArn }));
    const found = executions.map(({ executionArn }) => states.send(new DescribeExecutionCommand({ executionArn })));
    return (await Promise.all(found)).map(({ input }) => input).join();
  };
  await expect.poll(inputs).toContain(mark);
}

async function callsApi(app: InlineApp): Promise<void> {
  const { apis, logs } = clientsOf(app);
  const { Items: [{ ApiId, ApiEndpoint } = {}] = [] } = await apis.send(new GetApisCommand({}));
  const mark = randomUUID();
  expect((await fetch(`${ApiEndpoint}/${mark}`)).status).toBe(200);
  await awaitMessage(app, queueUrl(app, "inbox"), (body) => body.startsWith("received ") && body.includes(mark));
  const integration = { IntegrationType: "AWS_PROXY" as const, IntegrationUri: UNLINKED, PayloadFormatVersion: "2.0" };
  const { IntegrationId } = await apis.send(new CreateIntegrationCommand({ ApiId, ...integration }));
  const Target = `integrations/${IntegrationId}`;
  await apis.send(new CreateRouteCommand({ ApiId, RouteKey: "GET /unlinked", Target }));
  const answer = await fetch(`${ApiEndpoint}/unlinked`);
  expect([answer.status, await answer.text()]).toEqual([500, '{"message":"Internal Server Error"}']);
  const { logGroups = [] } = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePattern: "Api" }));
  const lines = async () => {
    const reads = logGroups.map(({ logGroupName }) => logs.send(new FilterLogEventsCommand({ logGroupName })));
    return JSON.stringify((await Promise.all(reads)).map(({ events }) => events));
  };
  await expect.poll(lines).toContain("doesn't have permissions to call the integration");
}

/** First with the link, then without it. */
const both =
  (linked: Pair, refused: Pair): Pair =>
  async (app) => {
    await linked(app);
    await refused(app);
  };

/** Links from what sends events: the refusal is a call's, a dead letter or an access log. */
export const TRIGGER_LINKS: LinkFamily = {
  name: "triggers",
  prepare: async () => buildTriggers,
  pairs: {
    "Queue to Function": both(
      arrives(send.toQueue, "function"),
      refusesSource(
        async () => `arn:aws:sqs:${HOME}:jobs`,
        () => "The provided execution role does not have permissions to call ReceiveMessage on SQS",
      ),
    ),
    "Stream to Function": both(
      arrives(send.toStream, "function"),
      refusesSource(
        async () => `arn:aws:kinesis:${HOME}:stream/clicks`,
        (arn) => cannotAccess(arn, "GetRecords, GetShardIterator, DescribeStream"),
      ),
    ),
    "Table to Function": both(
      arrives(send.toTable, "function"),
      refusesSource(
        async (app) => {
          const { Table } = await clientsOf(app).dynamodb.send(new DescribeTableCommand({ TableName: "orders" }));
          return Table?.LatestStreamArn ?? "";
        },
        (arn) => cannotAccess(arn, "GetRecords, GetShardIterator, DescribeStream, and ListStreams"),
      ),
    ),
    "Topic to Function": both(
      arrives(send.toTopic, "function"),
      losesMessage("lambda", async () => UNLINKED),
    ),
    "Topic to Queue": both(arrives(send.toTopic, "itself"), losesMessage("sqs", closedQueue)),
    "Bucket to Function": both(
      arrives(send.toBucket("to-function"), "function"),
      refusesTarget(async () => ({ LambdaFunctionConfigurations: [{ LambdaFunctionArn: UNLINKED, Events }] })),
    ),
    "Bucket to Queue": both(
      arrives(send.toBucket("to-queue"), "itself"),
      refusesTarget(async (app) => ({ QueueConfigurations: [{ QueueArn: await closedQueue(app), Events }] })),
    ),
    "Bucket to Topic": both(
      arrives(send.toBucket("to-topic"), "itself"),
      refusesTarget(async (app) => ({ TopicConfigurations: [{ TopicArn: await closedTopic(app), Events }] })),
    ),
    "Rule to Function": both(
      arrives(send.toRule("to.function"), "function"),
      deadLetter(/lambda:InvokeFunction/, async () => ({ Arn: UNLINKED })),
    ),
    "Rule to Queue": both(
      arrives(send.toRule("to.queue"), "itself"),
      deadLetter(/sqs:SendMessage/, async (app) => ({ Arn: await closedQueue(app) })),
    ),
    "Rule to Topic": both(
      arrives(send.toRule("to.topic"), "itself"),
      deadLetter(/sns:Publish/, async (app) => ({ Arn: await closedTopic(app) })),
    ),
    "Rule to EventBus": both(
      arrives(send.toRule("to.bus"), "itself"),
      deadLetter(deniedWords("events:PutEvents"), async (app) => ({
        Arn: `arn:aws:events:${HOME}:event-bus/other`,
        RoleArn: await powerlessRole(app),
      })),
    ),
    "Rule to Stream": both(
      arrives(send.toRule("to.stream"), "function"),
      deadLetter(deniedWords("kinesis:PutRecord"), async (app) => ({
        Arn: `arn:aws:kinesis:${HOME}:stream/clicks`,
        RoleArn: await powerlessRole(app),
      })),
    ),
    "Rule to StateMachine": both(
      startsWorkflow,
      deadLetter(deniedWords("states:StartExecution"), async (app) => ({
        Arn: `arn:aws:states:${HOME}:stateMachine:flow`,
        RoleArn: await powerlessRole(app),
      })),
    ),
    "HttpApi to Function": callsApi,
  },
};

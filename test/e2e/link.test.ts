import { CreateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Stack } from "aws-cdk-lib";
import { Secret } from "aws-cdk-lib/aws-secretsmanager";
import { StringParameter } from "aws-cdk-lib/aws-ssm";
import { DefinitionBody, Pass, StateMachineType } from "aws-cdk-lib/aws-stepfunctions";
import {
  Bucket,
  EventBus,
  Function,
  HttpApi,
  HttpAuth,
  link,
  Queue,
  StateMachine,
  Stream,
  Table,
  Topic,
} from "../../lib/index.ts";
import { type InlineApp, startInlineApp } from "../helpers/inline-app.ts";
import { HELLO } from "../helpers/template.ts";

const ENTRY = "test/fixtures/handlers/linked.ts";

let app: InlineApp;
let secretArn: string;

beforeAll(async () => {
  app = await startInlineApp({ clockSpeed: 1 });
  const secrets = app.cloud.client(SecretsManagerClient);
  const { ARN = "" } = await secrets.send(new CreateSecretCommand({ Name: "password", SecretString: "old" }));
  secretArn = ARN;
  const { exitCode } = await app.deploy(build);
  if (exitCode !== 0) throw new Error(app.messages.map(({ text }) => text).join("\n"));
});

afterAll(() => app.stop());

/** Three functions of the same code: one reads everything, one writes everything, and one has the names but no links. */
function build(stack: Stack): void {
  const data = {
    Orders: new Table(stack, "Orders", { partitionKey: "id" }),
    Files: new Bucket(stack, "Files", { autoDeleteObjects: false }),
    Jobs: new Queue(stack, "Jobs"),
    Clicks: new Stream(stack, "Clicks", { shardCount: 1 }),
    Setting: new StringParameter(stack, "Setting", { stringValue: "x" }),
    Password: Secret.fromSecretCompleteArn(stack, "Password", secretArn),
    Flow: workflow(stack, "Flow"),
  };
  const helper = new Function(stack, "Helper", { entry: HELLO });
  const called = {
    Quick: workflow(stack, "Quick", StateMachineType.EXPRESS),
    News: new Topic(stack, "News"),
    Bus: new EventBus(stack, "Bus"),
    Helper: helper,
    Api: new HttpApi(stack, "Api", { defaultAuthorizer: HttpAuth.iam(), routes: { "GET /": helper } }),
  };
  const reader = new Function(stack, "Reader", { functionName: "reader", entry: ENTRY });
  const writer = new Function(stack, "Writer", { functionName: "writer", entry: ENTRY });
  for (const target of Object.values(data)) {
    link(reader, target, "read");
    link(writer, target, "write");
  }
  link(writer, called.Quick, "write");
  for (const target of [called.News, called.Bus, called.Helper, called.Api]) link(writer, target);
  const environment = {
    TIDEGATE_Orders_name: data.Orders.tableName,
    TIDEGATE_Files_name: data.Files.bucketName,
    TIDEGATE_Jobs_url: data.Jobs.queueUrl,
    TIDEGATE_Clicks_name: data.Clicks.streamName,
    TIDEGATE_Setting_name: data.Setting.parameterName,
    TIDEGATE_Password_arn: data.Password.secretArn,
    TIDEGATE_Flow_arn: data.Flow.stateMachineArn,
    TIDEGATE_Quick_arn: called.Quick.stateMachineArn,
    TIDEGATE_News_arn: called.News.topicArn,
    TIDEGATE_Bus_name: called.Bus.eventBusName,
    TIDEGATE_Helper_arn: called.Helper.functionArn,
    TIDEGATE_Api_url: called.Api.apiEndpoint,
  };
  new Function(stack, "Unlinked", { functionName: "unlinked", entry: ENTRY, environment });
}

function workflow(stack: Stack, id: string, stateMachineType = StateMachineType.STANDARD): StateMachine {
  const definitionBody = DefinitionBody.fromChainable(new Pass(stack, `${id}Pass`));
  return new StateMachine(stack, id, { stateMachineType, definitionBody });
}

/** How AWS words the refusal of an action: by its service. */
const denied = (action: string, code = "AccessDeniedException") => ({
  code,
  message: expect.stringMatching(
    new RegExp(
      `^User: arn:aws:sts::000000000000:assumed-role/\\S+ is not authorized to perform: ${action} on resource: `,
    ),
  ),
});

const DATA = [
  ["table", denied("dynamodb:GetItem"), denied("dynamodb:PutItem")],
  ["bucket", denied("s3:GetObject", "AccessDenied"), denied("s3:PutObject", "AccessDenied")],
  ["queue", denied("sqs:receivemessage", "AccessDenied"), denied("sqs:sendmessage", "AccessDenied")],
  ["stream", denied("kinesis:DescribeStreamSummary"), denied("kinesis:PutRecord")],
  ["parameter", denied("ssm:GetParameter"), denied("ssm:PutParameter")],
  ["secret", denied("secretsmanager:GetSecretValue"), denied("secretsmanager:PutSecretValue")],
  ["workflow", denied("states:ListExecutions"), denied("states:StartExecution")],
] as const;

const CALLED = [
  ["express workflow", denied("states:StartSyncExecution")],
  ["topic", denied("SNS:Publish", "AuthorizationErrorException")],
  ["bus", denied("events:PutEvents")],
  ["function", denied("lambda:InvokeFunction")],
] as const;

async function tryTo(operation: string): Promise<Record<string, unknown>> {
  const names = ["reader", "writer", "unlinked"];
  const answers = await Promise.all(names.map((name) => app.call(name, { operation })));
  return Object.fromEntries(names.map((name, index) => [name, answers[index]!.answer]));
}

const done = { code: "done", message: "" };

describe("a function", () => {
  test.each(DATA)("writes and reads a %s with the links for it, and neither without", async (kind, read, write) => {
    expect(await tryTo(`write ${kind}`)).toEqual({ writer: done, reader: write, unlinked: write });
    expect(await tryTo(`read ${kind}`)).toEqual({ reader: done, writer: read, unlinked: read });
  });

  test.each(CALLED)("calls a %s with the link, and not without", async (kind, refusal) => {
    const missing = {
      code: "LinkMissingError",
      message: expect.stringContaining("Its links: Clicks, Files, Flow, Jobs"),
    };
    expect(await tryTo(`write ${kind}`)).toEqual({ writer: done, reader: missing, unlinked: refusal });
  });

  // The local cloud does not evaluate `execute-api:Invoke`: only the direction with the link can be seen here.
  test("calls an API with the link", async () => {
    expect(await app.call("writer", { operation: "write API" })).toMatchObject({ answer: done });
  });
});

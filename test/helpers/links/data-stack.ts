import type { Stack } from "aws-cdk-lib";
import { Code, Function as PlainFunction, Runtime } from "aws-cdk-lib/aws-lambda";
import { type ISecret, Secret } from "aws-cdk-lib/aws-secretsmanager";
import { StringParameter } from "aws-cdk-lib/aws-ssm";
import { DefinitionBody, Pass, StateMachineType } from "aws-cdk-lib/aws-stepfunctions";
import { CreateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import {
  Bucket,
  EventBus,
  Function,
  HttpApi,
  HttpAuth,
  link,
  type LinkSource,
  Queue,
  StateMachine,
  Stream,
  Table,
  Topic,
} from "../../../lib/index.ts";
import type { TestCloud } from "../cloud.ts";
import { HELLO } from "../template.ts";

/** A secret of the account's own: of a secret that a stack makes, CloudFormation alone knows the suffix. */
export async function makeSecret(cloud: TestCloud): Promise<string> {
  const secrets = cloud.client(SecretsManagerClient);
  const { ARN = "" } = await secrets.send(new CreateSecretCommand({ Name: "password", SecretString: "old" }));
  return ARN;
}

/** Everything that a function or a workflow can be linked to, one of each; workflows both standard and express. */
export function addTargets(stack: Stack, secretArn: string) {
  const password: ISecret = Secret.fromSecretCompleteArn(stack, "Password", secretArn);
  const helper = new Function(stack, "Helper", { entry: HELLO });
  const routes = { "GET /": helper };
  return {
    data: {
      Orders: new Table(stack, "Orders", { partitionKey: "id" }),
      Files: new Bucket(stack, "Files", { autoDeleteObjects: false }),
      Jobs: new Queue(stack, "Jobs"),
      Clicks: new Stream(stack, "Clicks", { shardCount: 1 }),
      Setting: new StringParameter(stack, "Setting", { stringValue: "x" }),
      Password: password,
      Flow: workflow(stack, "Flow"),
    },
    called: {
      Quick: workflow(stack, "Quick", StateMachineType.EXPRESS),
      News: new Topic(stack, "News"),
      Bus: new EventBus(stack, "Bus"),
      Helper: helper,
      Plain: plainFunction(stack),
      Api: new HttpApi(stack, "Api", { defaultAuthorizer: HttpAuth.iam(), routes }),
    },
  };
}

type Targets = ReturnType<typeof addTargets>;

/** Links a source to all targets that can be read. */
export function linkToRead(from: LinkSource, { data }: Targets): void {
  for (const target of Object.values(data)) link(from, target, "read");
}

/** Links a source to all targets, to write and call them. */
export function linkToWrite(from: LinkSource, { data, called }: Targets): void {
  for (const target of [...Object.values(data), called.Quick]) link(from, target, "write");
  for (const target of [called.News, called.Bus, called.Helper, called.Plain, called.Api]) link(from, target);
}

/** Names, URLs and ARNs of the targets, by link and attribute as links have them. */
export function attributesOf({ data, called }: Targets): Record<string, string> {
  return {
    Orders_name: data.Orders.tableName,
    Files_name: data.Files.bucketName,
    Jobs_url: data.Jobs.queueUrl,
    Clicks_name: data.Clicks.streamName,
    Setting_name: data.Setting.parameterName,
    Password_arn: data.Password.secretArn,
    Flow_arn: data.Flow.stateMachineArn,
    Quick_arn: called.Quick.stateMachineArn,
    News_arn: called.News.topicArn,
    Bus_name: called.Bus.eventBusName,
    Helper_arn: called.Helper.functionArn,
    Plain_arn: called.Plain.functionArn,
    Api_url: called.Api.apiEndpoint,
  };
}

/** A function that does not take part in the release. */
function plainFunction(stack: Stack): PlainFunction {
  const code = Code.fromInline("exports.handler = async () => 1;");
  return new PlainFunction(stack, "Plain", { runtime: Runtime.NODEJS_22_X, handler: "index.handler", code });
}

function workflow(stack: Stack, id: string, stateMachineType = StateMachineType.STANDARD): StateMachine {
  const definitionBody = DefinitionBody.fromChainable(new Pass(stack, `${id}Pass`));
  return new StateMachine(stack, id, { stateMachineType, definitionBody });
}

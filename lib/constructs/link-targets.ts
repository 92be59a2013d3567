import { ArnFormat, Stack } from "aws-cdk-lib";
import type { IHttpApi } from "aws-cdk-lib/aws-apigatewayv2";
import type { ITable } from "aws-cdk-lib/aws-dynamodb";
import type { IEventBus } from "aws-cdk-lib/aws-events";
import { Grant, type IGrantable } from "aws-cdk-lib/aws-iam";
import type { IStream } from "aws-cdk-lib/aws-kinesis";
import type { IKey } from "aws-cdk-lib/aws-kms";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import type { IBucket } from "aws-cdk-lib/aws-s3";
import type { ISecret } from "aws-cdk-lib/aws-secretsmanager";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import type { IParameter } from "aws-cdk-lib/aws-ssm";
import { type IStateMachine, StateMachineType } from "aws-cdk-lib/aws-stepfunctions";
import type { IConstruct } from "constructs";
import type { LinkKind } from "../assembly/link-record.ts";
import type { LinkAttribute } from "../runtime/link-variable.ts";
import { membersOfRole } from "./member-roles.ts";
import { StateMachine } from "./state-machine.ts";

/** What can call: it has a role. */
export type Caller = IConstruct & IGrantable;

/** Grants a caller the permissions of an access. */
type Allow = (from: Caller) => void;

/** What a function or a workflow can be linked to. */
export interface BoundTarget {
  readonly kind: LinkKind;
  /** What the function's code needs to reach it. */
  readonly attributes: Readonly<Partial<Record<LinkAttribute, string>>>;
  readonly read?: Allow;
  readonly write?: Allow;
  /** What reading and writing need on top where both are requested. */
  readonly both?: Allow;
}

type BindTarget = (construct: IConstruct) => BoundTarget | undefined;

/** The target that a construct is; undefined where it is something else. */
export function tryBindTarget(construct: IConstruct): BoundTarget | undefined {
  return Object.values(TARGETS)
    .map((bind) => bind(construct))
    .find((bound) => bound !== undefined);
}

/** Recognised by their ARNs or ids, so that imported ones and those of aws-cdk-lib are targets too. */
const TARGETS: Readonly<Record<LinkKind, BindTarget>> = {
  api: target("httpApiId", (api: IHttpApi & { readonly apiEndpoint: string }) => ({
    kind: "api",
    attributes: { url: api.apiEndpoint },
    write: (from) => allow(from, ["execute-api:Invoke"], api.arnForExecuteApi()),
  })),
  bucket: target("bucketArn", (bucket: IBucket) => ({
    kind: "bucket",
    attributes: { name: bucket.bucketName },
    read: (from) => {
      allow(from, ["s3:GetObject"], bucket.arnForObjects("*"));
      allow(from, ["s3:ListBucket"], bucket.bucketArn);
      decrypt(from, bucket.encryptionKey);
    },
    write: (from) => {
      allow(from, ["s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"], bucket.arnForObjects("*"));
      encrypt(from, bucket.encryptionKey);
    },
  })),
  bus: target("eventBusArn", (bus: IEventBus) => ({
    kind: "bus",
    attributes: { name: bus.eventBusName },
    write: (from) => allow(from, ["events:PutEvents"], bus.eventBusArn),
  })),
  function: target("functionArn", (fn: IFunction) => ({
    kind: "function",
    attributes: { arn: fn.functionArn },
    write: (from) => void fn.grantInvoke(from),
  })),
  parameter: target("parameterArn", (parameter: IParameter & { readonly encryptionKey?: IKey }) => ({
    kind: "parameter",
    attributes: { name: parameter.parameterName },
    read: (from) => {
      allow(from, ["ssm:GetParameter", "ssm:GetParameters"], parameter.parameterArn);
      decrypt(from, parameter.encryptionKey);
    },
    write: (from) => {
      allow(from, ["ssm:PutParameter"], parameter.parameterArn);
      encrypt(from, parameter.encryptionKey);
    },
  })),
  queue: target("queueArn", (queue: IQueue) => ({
    kind: "queue",
    attributes: { url: queue.queueUrl, arn: queue.queueArn },
    read: (from) => {
      const actions = ["ReceiveMessage", "DeleteMessage", "ChangeMessageVisibility", "GetQueueAttributes"];
      allow(from, inService("sqs", actions), queue.queueArn);
      decrypt(from, queue.encryptionMasterKey);
    },
    write: (from) => {
      allow(from, ["sqs:SendMessage"], queue.queueArn);
      encrypt(from, queue.encryptionMasterKey);
    },
  })),
  secret: target("secretArn", (secret: ISecret) => ({
    kind: "secret",
    attributes: { arn: secret.secretArn },
    read: (from) => void secret.grantRead(from),
    write: (from) => void secret.grantWrite(from),
  })),
  stream: target("streamArn", (stream: IStream) => ({
    kind: "stream",
    attributes: { name: stream.streamName },
    read: (from) => {
      const actions = ["DescribeStream", "DescribeStreamSummary", "GetRecords", "GetShardIterator", "ListShards"];
      allow(from, inService("kinesis", actions), stream.streamArn);
      decrypt(from, stream.encryptionKey);
    },
    write: (from) => {
      allow(from, ["kinesis:PutRecord", "kinesis:PutRecords"], stream.streamArn);
      encrypt(from, stream.encryptionKey);
    },
  })),
  table: target("tableArn", (table: ITable) => ({
    kind: "table",
    attributes: { name: table.tableName },
    read: (from) => {
      // Queries and scans may use the table's indexes, which `grant` names.
      const actions = ["BatchGetItem", "ConditionCheckItem", "GetItem", "PartiQLSelect", "Query", "Scan"];
      table.grant(from, ...inService("dynamodb", actions));
      // DynamoDB describes its key before it uses it.
      table.encryptionKey?.grant(from, "kms:Decrypt", "kms:DescribeKey");
    },
    write: (from) => {
      const actions = ["BatchWriteItem", "DeleteItem", "PutItem", "UpdateItem"];
      const inPartiQl = ["PartiQLDelete", "PartiQLInsert", "PartiQLUpdate"];
      allow(from, inService("dynamodb", [...actions, ...inPartiQl]), table.tableArn);
      encrypt(from, table.encryptionKey);
      table.encryptionKey?.grant(from, "kms:DescribeKey");
    },
  })),
  topic: target("topicArn", (topic: ITopic) => ({
    kind: "topic",
    attributes: { arn: topic.topicArn },
    write: (from) => void topic.grantPublish(from),
  })),
  workflow: target("stateMachineArn", bindWorkflow),
};

/** Class names of what functions and workflows can be linked to. */
export const LINK_TARGETS = [
  "Bucket",
  "EventBus",
  "Function",
  "HttpApi",
  "Parameter",
  "Queue",
  "Secret",
  "StateMachine",
  "Stream",
  "Table",
  "Topic",
];

/** What a workflow that runs another one and waits for its end needs: Step Functions sets a rule of its own. */
const WAITING_RULE = "StepFunctionsGetEventsForStepFunctionsExecutionRule";

function bindWorkflow(workflow: IStateMachine): BoundTarget {
  const isExpress = workflow instanceof StateMachine && workflow.stateMachineType === StateMachineType.EXPRESS;
  const base = { kind: "workflow", attributes: { arn: workflow.stateMachineArn } } as const;
  const start = (from: Caller, ...actions: string[]) => {
    allow(from, inService("states", ["StartExecution", ...actions]), workflow.stateMachineArn);
    // It shifts after the workflow, as after a function that it calls.
    if (!(workflow instanceof StateMachine)) return;
    for (const member of membersOfRole(from.grantPrincipal)) member.calls(workflow.node.path);
  };
  // Executions of express workflows cannot be read or stopped.
  if (isExpress) return { ...base, write: (from) => start(from, "StartSyncExecution") };
  return {
    ...base,
    read: (from) => {
      allow(from, ["states:ListExecutions"], workflow.stateMachineArn);
      workflow.grantExecution(from, "states:DescribeExecution", "states:GetExecutionHistory");
    },
    write: (from) => {
      start(from);
      workflow.grantExecution(from, "states:StopExecution");
    },
    both: (from) => {
      if (!(from instanceof StateMachine)) return;
      const rule = { service: "events", resource: "rule", resourceName: WAITING_RULE };
      const arn = Stack.of(workflow).formatArn({ ...rule, arnFormat: ArnFormat.SLASH_RESOURCE_NAME });
      allow(from, ["events:PutTargets", "events:PutRule", "events:DescribeRule"], arn);
    },
  };
}

function target<T extends IConstruct>(property: string, bind: (construct: T) => BoundTarget): BindTarget {
  const isTarget = (construct: IConstruct): construct is T => property in construct;
  return (construct) => (isTarget(construct) ? bind(construct) : undefined);
}

function allow(from: Caller, actions: string[], ...resourceArns: string[]): void {
  Grant.addToPrincipal({ grantee: from, actions, resourceArns });
}

function inService(service: string, names: readonly string[]): string[] {
  return names.map((name) => `${service}:${name}`);
}

function decrypt(from: Caller, key: IKey | undefined): void {
  key?.grantDecrypt(from);
}

function encrypt(from: Caller, key: IKey | undefined): void {
  key?.grantEncryptDecrypt(from);
}

import {
  DeleteRolePolicyCommand,
  AttachRolePolicyCommand,
  DetachRolePolicyCommand,
  IAMClient,
  PutRolePolicyCommand,
  UpdateAssumeRolePolicyCommand,
} from "@aws-sdk/client-iam";
import { AddPermissionCommand, LambdaClient, RemovePermissionCommand } from "@aws-sdk/client-lambda";
import { DeleteBucketPolicyCommand, PutBucketPolicyCommand, S3Client } from "@aws-sdk/client-s3";
import { SetTopicAttributesCommand, SNSClient } from "@aws-sdk/client-sns";
import { SetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { StarterApp } from "./starter-app.ts";

/** A statement of a policy as it is stored. */
export interface Statement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Principal?: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** What a statement belongs to. */
export type HolderKind = "trust" | "role" | "managed" | "queue" | "topic" | "bucket" | "function";

/** One statement of a deployed app, which can be removed and put back through the services' own operations. */
export interface GrantedStatement {
  readonly kind: HolderKind;
  /** The role's name, the queue's URL, the topic's or alias's ARN, the bucket's name. */
  readonly holder: string;
  readonly statement: Statement;
  /** For the test's report. */
  readonly title: string;
  /** The whole policy as it is stored now; undefined where there is none. */
  readonly read?: () => Promise<string | undefined>;
  remove(): Promise<unknown>;
  restore(): Promise<unknown>;
}

/** A policy, and how it is written; `undefined` where there is none. */
interface StoredPolicy {
  readonly kind: HolderKind;
  readonly holder: string;
  readonly text: string;
  readonly read?: () => Promise<string | undefined>;
  readonly write: (text: string | undefined) => Promise<unknown>;
}

/** All statements of an app's roles, of what they trust, and of its resources. */
export async function grantedStatements(app: StarterApp): Promise<GrantedStatement[]> {
  const settings = { region: app.region };
  const clients = {
    iam: app.cloud.client(IAMClient, settings),
    lambda: app.cloud.client(LambdaClient, settings),
    s3: app.cloud.client(S3Client, { ...settings, forcePathStyle: true }),
    sns: app.cloud.client(SNSClient, settings),
    sqs: app.cloud.client(SQSClient, settings),
  };
  const lists = await Promise.all([
    ...named(app, "AWS::IAM::Role").flatMap((role) => [
      rolePolicies(app, clients.iam, role),
      managedPolicies(app, clients.iam, role),
    ]),
    ...named(app, "AWS::SQS::Queue").map((url) => queuePolicy(app, clients.sqs, url)),
    ...named(app, "AWS::SNS::Topic").map((arn) => topicPolicy(app, clients.sns, arn)),
    ...named(app, "AWS::S3::Bucket").map((bucket) => bucketPolicy(app, clients.s3, bucket)),
    ...named(app, "AWS::Lambda::Alias").map((arn) => permissions(app, clients.lambda, arn)),
  ]);
  return lists.flat();
}

function named({ resources }: StarterApp, wanted: string): string[] {
  return resources.filter(({ type }) => type === wanted).map(({ physicalId }) => physicalId);
}

/** A policy of several statements is written again without the one; without any it is deleted. */
function statementsOf({ kind, holder, text, read, write }: StoredPolicy): GrantedStatement[] {
  const document = JSON.parse(text) as { Statement: readonly Statement[] };
  const missing = new Set<Statement>();
  const rewrite = () => {
    const left = document.Statement.filter((each) => !missing.has(each));
    return write(left.length === 0 ? undefined : JSON.stringify({ ...document, Statement: left }));
  };
  return document.Statement.map((statement) => ({
    kind,
    holder,
    statement,
    title: titleOf(kind, holder, statement),
    ...(read !== undefined && { read }),
    remove() {
      missing.add(statement);
      return rewrite();
    },
    restore() {
      missing.delete(statement);
      return rewrite();
    },
  }));
}

function titleOf(kind: HolderKind, holder: string, { Effect, Action }: Statement): string {
  return `${kind} ${holder.split(/[/:]/).slice(-2).join(":")}: ${Effect} ${[Action].flat().join(", ")}`;
}

async function rolePolicies(app: StarterApp, iam: IAMClient, RoleName: string): Promise<GrantedStatement[]> {
  const { cloud } = app;
  const { Role } = await cloud.call("iam", "GetRole", { RoleName });
  const trust = decodeURIComponent(Role.AssumeRolePolicyDocument!);
  const { PolicyNames } = await cloud.call("iam", "ListRolePolicies", { RoleName });
  const inline = PolicyNames.map(async (PolicyName) => {
    const found = await cloud.call("iam", "GetRolePolicy", { RoleName, PolicyName });
    return statementsOf({
      kind: "role",
      holder: RoleName,
      text: decodeURIComponent(found.PolicyDocument),
      write: (PolicyDocument) =>
        PolicyDocument === undefined
          ? iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName }))
          : iam.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument })),
    });
  });
  const trusting = statementsOf({
    kind: "trust",
    holder: RoleName,
    text: trust,
    write: (PolicyDocument = trustInNobody()) =>
      iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument })),
  });
  return [...trusting, ...(await Promise.all(inline)).flat()];
}

/** A trust policy must have a statement: this one is for a service that is not here. */
function trustInNobody(): string {
  const statement = { Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" };
  return JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
}

async function managedPolicies({ cloud }: StarterApp, iam: IAMClient, RoleName: string): Promise<GrantedStatement[]> {
  const { AttachedPolicies = [] } = await cloud.call("iam", "ListAttachedRolePolicies", { RoleName });
  return AttachedPolicies.map(({ PolicyArn, PolicyName }) => ({
    kind: "managed",
    holder: RoleName,
    statement: { Effect: "Allow", Action: PolicyName ?? "" },
    title: `managed ${RoleName}: ${PolicyName}`,
    remove: () => iam.send(new DetachRolePolicyCommand({ RoleName, PolicyArn })),
    restore: () => iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn })),
  }));
}

async function queuePolicy({ cloud, region }: StarterApp, sqs: SQSClient, QueueUrl: string) {
  const asked = { QueueUrl, AttributeNames: ["Policy" as const] };
  const read = async () => (await cloud.call("sqs", "GetQueueAttributes", asked, { region })).Attributes?.Policy;
  const text = await read();
  if (text === undefined) return [];
  const write = (Policy = "") => sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }));
  return statementsOf({ kind: "queue", holder: QueueUrl, text, read, write });
}

async function topicPolicy({ cloud, region }: StarterApp, sns: SNSClient, TopicArn: string) {
  const read = async () =>
    (await cloud.call("sns", "GetTopicAttributes", { TopicArn }, { region })).Attributes?.["Policy"];
  const text = await read();
  if (text === undefined) return [];
  const write = (AttributeValue = readableTopic(TopicArn)) =>
    sns.send(new SetTopicAttributesCommand({ TopicArn, AttributeName: "Policy", AttributeValue }));
  return statementsOf({ kind: "topic", holder: TopicArn, text, read, write });
}

/** A topic always has a policy. */
function readableTopic(Resource: string): string {
  const AWS = `arn:aws:iam::${Resource.split(":")[4]}:root`;
  const statement = { Effect: "Allow", Principal: { AWS }, Action: "sns:GetTopicAttributes", Resource };
  return JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
}

async function bucketPolicy({ cloud, region }: StarterApp, s3: S3Client, Bucket: string) {
  const read = async () => (await cloud.call("s3", "GetBucketPolicy", { Bucket }, { region })).Policy;
  const text = (await read()) ?? "";
  const write = (Policy: string | undefined) =>
    Policy === undefined
      ? s3.send(new DeleteBucketPolicyCommand({ Bucket }))
      : s3.send(new PutBucketPolicyCommand({ Bucket, Policy }));
  return statementsOf({ kind: "bucket", holder: Bucket, text, read, write });
}

async function permissions({ cloud, region }: StarterApp, lambda: LambdaClient, arn: string) {
  const [, , , , , , FunctionName = "", Qualifier = ""] = arn.split(":");
  const at = { FunctionName, Qualifier };
  const found = await cloud.call("lambda", "GetPolicy", at, { region }).catch(() => undefined);
  const { Statement = [] } = JSON.parse(found?.Policy ?? "{}") as { Statement?: readonly Statement[] };
  return Statement.map((statement): GrantedStatement => {
    const { Sid: StatementId, Condition = {} } = statement;
    const { Service } = statement.Principal as { readonly Service: string };
    const add = {
      ...at,
      StatementId,
      Action: String(statement.Action),
      Principal: Service,
      SourceArn: Condition["ArnLike"]?.["AWS:SourceArn"] as string,
    };
    return {
      kind: "function",
      holder: arn,
      statement,
      title: titleOf("function", arn, statement) + ` for ${Service} ${add.SourceArn.split(":").at(-1)}`,
      remove: () => lambda.send(new RemovePermissionCommand({ ...at, StatementId })),
      restore: () => lambda.send(new AddPermissionCommand(add)),
    };
  });
}

import type { AwsCall, CallTarget } from "../../aws/aws-calls.ts";
import type { AssetDestination } from "../../assembly/assembly.ts";
import type { ReleaseNotification } from "../../assembly/release-metadata.ts";
import { journalObjects, journalStack, olderJournalObjects } from "./journal-objects.ts";
import { filled, type PermittedStack } from "./permitted-app.ts";
import { isLookedUp } from "../ssm-parameters.ts";
import { arnsOf, arnsOfTypes, formerArnsOfTypes } from "./physical-arns.ts";

type FindResources = (stack: PermittedStack, call: AwsCall) => readonly string[];

/** The ARNs that a call of a stack's deploy touches, for one of its actions. Empty where the stack has no use for it. */
export function resourcesOf(call: AwsCall, action: string, stack: PermittedStack, stage: string): readonly string[] {
  if (action === "iam:PassRole") return executionRole(stack);
  if (action === "ssm:GetParameters" && call.on !== "ssm-parameters") return ssmParameters(stack);
  if (call.on === "journal") return journalObjects(stack, stage, action);
  if (call.on === "older-journal") return olderJournalObjects(stack, stage, action);
  const found = TARGETS[call.on](stack, call);
  return action === "s3:ListBucket" ? [...new Set(found.map((arn) => arn.replace(/\/.*$/, "")))] : found;
}

const TARGETS: Readonly<Record<CallTarget, FindResources>> = {
  account: () => ["*"],
  "bootstrap-bucket": (stack) => destinationsOf(stack).map(({ bucketName }) => objectsOf(bucketName, stack)),
  "bootstrap-roles": bootstrapRoles,
  "bootstrap-version": ({ stack, partition, region, account }) =>
    stack.bootstrapParameter === undefined
      ? []
      : [`arn:${partition}:ssm:${region}:${account}:parameter/${stack.bootstrapParameter.replace(/^\//, "")}`],
  buses: (stack) => subscribers(stack, "event-bus"),
  "driver-state-machine": (stack) =>
    stack.release?.driver === undefined ? [] : arnsOf(stack.release.driver.resource, stack),
  "execution-role": executionRole,
  functions: (stack, { service, operation }) => {
    const members = membersOf(stack, "function");
    const called = operation === "ListDurableExecutionsByFunction" ? members.filter(isDurable(stack)) : members;
    const functions = called.flatMap((id) => arnsOf(id, stack));
    return service === "cloudwatch-logs" ? logGroups(functions, stack) : functions;
  },
  hooks: (stack) => [
    ...(stack.release?.hooks ?? []).flatMap(({ resource }) => arnsOf(resource, stack)),
    ...(stack.release?.members ?? [])
      .filter(({ smokeTest }) => smokeTest !== undefined)
      .flatMap(({ resource }) => arnsOf(resource, stack)),
  ],
  journal: () => [],
  "older-journal": () => [],
  // Who calls is not known here: `--ci` names the role that it makes.
  "own-identity": () => [],
  "replaced-resources": (stack, call) => formerArnsOfTypes(REPLACED[`${call.service} ${call.operation}`] ?? [], stack),
  "ssm-parameters": (stack) => ssmParameters(stack, (name) => isLookedUp(stack.template, name)),
  stacks: (stack) => {
    const place = `arn:${stack.partition}:cloudformation:${stack.region}:${stack.account}:stack/${stack.stackName}`;
    const own = hasNested(stack) ? [`${place}/*`, `${place}-*/*`] : [`${place}/*`];
    return [...own, ...journalStack(stack)];
  },
  "state-machines": (stack) => membersOf(stack, "state-machine").flatMap((id) => arnsOf(id, stack)),
  topics: (stack) => subscribers(stack, "topic"),
};

/** What a stage may replace and a release deletes afterwards, by the call that deletes it. */
const REPLACED: Readonly<Record<string, readonly string[]>> = {
  "dynamodb DeleteTable": ["AWS::DynamoDB::Table"],
  "eventbridge DeleteEventBus": ["AWS::Events::EventBus"],
  "kinesis DeleteStream": ["AWS::Kinesis::Stream"],
  "lambda DeleteEventSourceMapping": ["AWS::Lambda::EventSourceMapping"],
  "cloudwatch-logs DeleteLogGroup": ["AWS::Logs::LogGroup"],
  "s3 DeleteBucket": ["AWS::S3::Bucket"],
  "secrets-manager DeleteSecret": ["AWS::SecretsManager::Secret"],
  "sns Unsubscribe": ["AWS::SNS::Subscription"],
  "sns DeleteTopic": ["AWS::SNS::Topic"],
  "sqs DeleteQueue": ["AWS::SQS::Queue"],
  "ssm DeleteParameter": ["AWS::SSM::Parameter"],
};

function membersOf({ release }: PermittedStack, kind: "function" | "state-machine"): string[] {
  return (release?.members ?? []).filter((member) => member.kind === kind).map(({ resource }) => resource);
}

function destinationsOf({ stack }: PermittedStack): AssetDestination[] {
  return stack.assets.flatMap(({ destinations }) => destinations);
}

function objectsOf(bucketName: string, stack: PermittedStack): string {
  return `arn:${stack.partition}:s3:::${filled(bucketName, stack)}/*`;
}

function bootstrapRoles(stack: PermittedStack): string[] {
  const roles = [stack.stack.assumeRoleArn, ...destinationsOf(stack).map(({ assumeRoleArn }) => assumeRoleArn)];
  return [...new Set(roles.filter((role) => role !== undefined).map((role) => filled(role, stack)))];
}

function executionRole(stack: PermittedStack): string[] {
  const { executionRoleArn } = stack.stack;
  return executionRoleArn === undefined ? [] : [filled(executionRoleArn, stack)];
}

/** CreateChangeSet reads SSM-typed parameters as its caller, by the names in the template or given to the stack. */
function ssmParameters(stack: PermittedStack, isRead: (name: string) => boolean = () => true): string[] {
  const declared = Object.entries(stack.template.Parameters ?? {}).filter(
    ([name, { Type }]) => Type.startsWith("AWS::SSM::Parameter::") && isRead(name),
  );
  return declared.map(([id, { Default }]) => {
    const name = stack.stack.parameters[id] ?? Default;
    const place = `arn:${stack.partition}:ssm:${stack.region}:${stack.account}:parameter/`;
    return `${place}${typeof name === "string" ? name.replace(/^\//, "") : "*"}`;
  });
}

function subscribers(stack: PermittedStack, kind: ReleaseNotification["kind"]): string[] {
  return (stack.release?.notifications ?? [])
    .filter((one) => one.kind === kind)
    .flatMap(({ resource, arn }) => (resource === undefined ? [filled(arn ?? "*", stack)] : arnsOf(resource, stack)));
}

/** A function logs to a group that is named after it, or to one that its template makes. */
function logGroups(functions: readonly string[], stack: PermittedStack): string[] {
  const place = `arn:${stack.partition}:logs:${stack.region}:${stack.account}:log-group:`;
  const named = functions
    .map((arn) => arn.split(":").slice(6).join(":"))
    .filter((name) => !name.endsWith(":*"))
    .map((name) => `${place}/aws/lambda/${name}${name.endsWith("*") ? "" : ":*"}`);
  const made = arnsOfTypes(["AWS::Logs::LogGroup"], stack).map((arn) => (arn.endsWith("*") ? arn : `${arn}:*`));
  return functions.length === 0 ? [] : [...new Set([...named, ...made])];
}

/** Executions are listed of functions that have some. */
function isDurable({ template }: PermittedStack): (id: string) => boolean {
  return (id) => template.Resources?.[id]?.Properties?.["DurableConfig"] !== undefined;
}

/** CloudFormation names nested stacks `<stack>-…`, and their change sets are looked into. */
function hasNested({ template }: PermittedStack): boolean {
  return Object.values(template.Resources ?? {}).some(({ Type }) => Type === "AWS::CloudFormation::Stack");
}

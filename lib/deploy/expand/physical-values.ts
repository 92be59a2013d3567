import { isObject } from "../../template/is-object.ts";
import { fillPlaceholders } from "../../template/placeholders.ts";
import { tryReadGetAtt } from "../../template/references.ts";
import type { ReplacedResource } from "./expansion.ts";

/** What is replaced, by logical id. */
export type Replaced = ReadonlyMap<string, ReplacedResource>;

type ValueOf = (physicalId: string) => unknown;

/** The values of references, by resource type and by attribute; `Ref` counts as one. */
type Values = Readonly<Record<string, Readonly<Record<string, ValueOf>>>>;

const arn = (rest: string) => ({ "Fn::Sub": `arn:\${AWS::Partition}:${rest}` });
const regional = (service: string, name: string) => arn(`${service}:\${AWS::Region}:\${AWS::AccountId}:${name}`);
const lastPart = (text: string, separator: string) => text.slice(text.lastIndexOf(separator) + 1);
const itself: ValueOf = (id) => id;

/**
 * The values of `Ref` and `Fn::GetAtt` of a resource, from its physical id alone. A type or an attribute that is not
 * here cannot be named once its logical id means another resource.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-template-resource-type-ref.html
 */
const VALUES: Values = {
  "AWS::DynamoDB::Table": { Ref: itself, Arn: (id) => regional("dynamodb", `table/${id}`) },
  "AWS::Events::EventBus": { Ref: itself, Name: itself, Arn: (id) => regional("events", `event-bus/${id}`) },
  "AWS::Kinesis::Stream": { Ref: itself, Arn: (id) => regional("kinesis", `stream/${id}`) },
  "AWS::Lambda::EventSourceMapping": { Ref: itself, Id: itself },
  "AWS::Logs::LogGroup": { Ref: itself, Arn: (id) => regional("logs", `log-group:${id}:*`) },
  "AWS::S3::Bucket": { Ref: itself, Arn: (id) => arn(`s3:::${id}`) },
  "AWS::SecretsManager::Secret": { Ref: itself, Id: itself },
  "AWS::SNS::Subscription": { Ref: itself, Arn: itself },
  "AWS::SNS::Topic": { Ref: itself, TopicArn: itself, TopicName: (id) => lastPart(id, ":") },
  "AWS::SQS::Queue": {
    Ref: itself,
    Arn: (id) => regional("sqs", lastPart(id, "/")),
    QueueName: (id) => lastPart(id, "/"),
    QueueUrl: itself,
  },
  "AWS::SSM::Parameter": { Ref: itself },
};

/**
 * The same for resources that keep their logical ids. These types too can be named, though a replaced one of them
 * cannot be kept.
 */
export const STAYING_VALUES: Values = {
  ...VALUES,
  "AWS::ApiGateway::RestApi": { Ref: itself, RestApiId: itself },
  "AWS::ApiGatewayV2::Api": { Ref: itself, ApiId: itself },
  "AWS::IAM::Role": { Ref: itself },
  "AWS::KMS::Key": { Ref: itself, KeyId: itself, Arn: (id) => regional("kms", `key/${id}`) },
  "AWS::Lambda::Alias": { Ref: itself, AliasArn: itself },
  "AWS::Lambda::Function": { Ref: itself, Arn: (id) => regional("lambda", `function:${id}`) },
  "AWS::Lambda::Version": { Ref: itself, FunctionArn: itself, Version: (id) => lastPart(id, ":") },
  "AWS::StepFunctions::StateMachine": { Ref: itself, Arn: itself, Name: (id) => lastPart(id, ":") },
  "AWS::StepFunctions::StateMachineAlias": { Ref: itself, Arn: itself },
};

/** Finds the value of an attribute of a logical id. */
type Look = (id: string, attribute: string) => unknown;

/** Whether a physical resource of a type can still be named after its logical id means another one. */
export function canOutliveLogicalId(type: string): boolean {
  return Object.hasOwn(VALUES, type);
}

/**
 * A value with every reference to a replaced resource written out as its value before the stage. `unnamed` gets the
 * references for which that is not known; they are left as they are.
 */
export function withPhysicalValues<T>(
  value: T,
  replaced: Replaced,
  unnamed: (reference: string) => void,
  values?: Values,
): T;
export function withPhysicalValues(
  value: unknown,
  replaced: Replaced,
  unnamed: (reference: string) => void,
  values: Values = VALUES,
): unknown {
  const look: Look = (id, attribute) => {
    const found = replaced.get(id);
    if (found === undefined) return undefined;
    const known = values[found.type]?.[attribute]?.(found.physicalId);
    if (known === undefined) unnamed(`${id}.${attribute}`);
    return known;
  };
  const visit = (inner: unknown): unknown => {
    if (Array.isArray(inner)) return inner.map(visit);
    if (!isObject(inner)) return inner;
    return physicalReference(inner, look) ?? mapValues(inner, visit);
  };
  return visit(value);
}

/** The value of an intrinsic function; undefined where it refers to nothing that is replaced. */
function physicalReference(value: Record<string, unknown>, look: Look): unknown {
  const { Ref, "Fn::GetAtt": getAtt, "Fn::Sub": sub } = value;
  if (typeof Ref === "string") return look(Ref, "Ref");
  if (sub !== undefined) return physicalSub(sub, look);
  const read = getAtt === undefined ? undefined : tryReadGetAtt(getAtt);
  if (read === undefined) return undefined;
  return look(read.logicalId, typeof read.attribute === "string" ? read.attribute : "*");
}

function physicalSub(argument: unknown, look: Look): unknown {
  const [text, variables]: unknown[] = Array.isArray(argument) ? argument : [argument];
  if (typeof text !== "string") return undefined;
  const own: Record<string, unknown> = isObject(variables) ? { ...variables } : {};
  let count = 0;
  // Filling takes one `!` off a literal; a second one keeps it a literal.
  const filled = fillPlaceholders(
    text.replaceAll("${!", () => "${!!"),
    (name) => {
      const [id, attribute = "Ref"] = splitOnce(name);
      const value = Object.hasOwn(own, name) ? undefined : look(id, attribute);
      if (value === undefined) return `\${${name}}`;
      const variable = `Held${count++}`;
      own[variable] = value;
      return `\${${variable}}`;
    },
  );
  return count === 0 ? undefined : { "Fn::Sub": [filled, own] };
}

function splitOnce(name: string): [string, string?] {
  const dot = name.indexOf(".");
  return dot < 0 ? [name] : [name.slice(0, dot), name.slice(dot + 1)];
}

function mapValues(record: Record<string, unknown>, change: (value: unknown) => unknown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}

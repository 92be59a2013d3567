import type { ServiceName } from "../service.ts";

/** The operation of a service that answers a resource's tags. */
export interface TagReader {
  readonly service: ServiceName;
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/**
 * How the tags of a resource are read: those of a function for its versions and aliases, those of a table for its indexes
 * and streams. Undefined for resources without tags, and for buckets, whose tags count only where the bucket says so.
 * Source: the resource types with `aws:ResourceTag` in the service authorization reference.
 */
export function tagReaderOf(arn: string): TagReader | undefined {
  const [, , prefix = "", region = "", account = "", ...rest] = arn.split(":");
  const name = rest.join(":");
  const whole = (end: string) => `arn:aws:${prefix}:${region}:${account}:${end}`;
  /** The part of the name that has tags, such as `table/orders` of `table/orders/index/by-date`. */
  const part = (shape: RegExp) => shape.exec(name)?.[0];
  const read = (service: ServiceName, operation: string, member: string, end: string | undefined) =>
    end === undefined ? undefined : { service, operation, input: { [member]: whole(end) } };
  switch (prefix) {
    case "apigateway":
      return read("apigatewayv2", "GetTags", "ResourceArn", part(/^\/apis\/[^/]+/));
    case "cloudformation":
      return { service: "cloudformation", operation: "DescribeStacks", input: { StackName: arn } };
    case "cloudwatch":
      return read("cloudwatch", "ListTagsForResource", "ResourceARN", part(/^alarm:.+/));
    case "dynamodb":
      return read("dynamodb", "ListTagsOfResource", "ResourceArn", part(/^table\/[^/]+/));
    case "events":
      return read("eventbridge", "ListTagsForResource", "ResourceARN", part(/^(?:rule|event-bus)\/.+/));
    case "kinesis":
      return read("kinesis", "ListTagsForResource", "ResourceARN", part(/^stream\/[^/]+/));
    case "lambda":
      return read("lambda", "ListTags", "Resource", part(/^(?:function|event-source-mapping):[^:]+/));
    case "logs":
      return read("cloudwatch-logs", "ListTagsForResource", "resourceArn", part(/^log-group:[^:]+/));
    case "secretsmanager":
      return { service: "secrets-manager", operation: "DescribeSecret", input: { SecretId: arn } };
    case "sns":
      return read("sns", "ListTagsForResource", "ResourceArn", part(/^[^:]+/));
    case "sqs":
      return { service: "sqs", operation: "ListQueueTags", input: { QueueUrl: `http://localhost/${account}/${name}` } };
    case "ssm":
      return ssmReader(name);
    case "states": {
      const [, machine] = /^(?:stateMachine|express|execution):([^:]+)/.exec(name) ?? [];
      const end = machine === undefined ? part(/^activity:.+/) : `stateMachine:${machine}`;
      return read("sfn", "ListTagsForResource", "resourceArn", end);
    }
    default:
      return undefined;
  }
}

/** The ARN of `/a/b` has one slash, as that of `a` has. */
function ssmReader(name: string): TagReader | undefined {
  const [, id] = /^parameter\/(.+)/.exec(name) ?? [];
  if (id === undefined) return undefined;
  const ResourceId = id.includes("/") ? `/${id}` : id;
  return { service: "ssm", operation: "ListTagsForResource", input: { ResourceType: "Parameter", ResourceId } };
}

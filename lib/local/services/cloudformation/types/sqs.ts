import { AwsError } from "../../../aws-error.ts";
import type { Properties, ResourceContext } from "./resource-type.ts";
import { putLike } from "./put-like.ts";
import { resource, type PropertiesOf } from "./resource.ts";
import { tagMap, tolerate } from "./tolerate.ts";

const SETTINGS = [
  "ContentBasedDeduplication",
  "DeduplicationScope",
  "DelaySeconds",
  "FifoQueue",
  "FifoThroughputLimit",
  "KmsDataKeyReusePeriodSeconds",
  "KmsMasterKeyId",
  "MaximumMessageSize",
  "MessageRetentionPeriod",
  "ReceiveMessageWaitTimeSeconds",
  "RedriveAllowPolicy",
  "RedrivePolicy",
  "SqsManagedSseEnabled",
  "VisibilityTimeout",
] as const;

/** AWS::SQS::Queue: its physical id is its URL. */
export const sqsQueue = resource("AWS::SQS::Queue", {
  tagging: {
    set: (current, tags, context) =>
      context.call("sqs", "TagQueue", { QueueUrl: current.physicalId, Tags: tagMap(tags) }),
    remove: (current, TagKeys, context) => context.call("sqs", "UntagQueue", { QueueUrl: current.physicalId, TagKeys }),
  },
  async create(desired, context) {
    const fifo = String(desired.FifoQueue) === "true";
    const generated = fifo ? `${context.name({ maxLength: 75 })}.fifo` : context.name({ maxLength: 80 });
    const QueueName = desired.QueueName ?? generated;
    const tags = tagMap(context.tags(desired.Tags));
    const { QueueUrl = "" } = await context.call("sqs", "CreateQueue", {
      QueueName,
      Attributes: attributesOf(desired),
      tags,
    });
    return describe(QueueUrl, context);
  },
  async update(desired, current, context) {
    const QueueUrl = current.physicalId;
    const before = attributesOf(current.properties);
    const Attributes = { ...standardOf(before), ...attributesOf(desired) };
    delete Attributes["FifoQueue"];
    await context.call("sqs", "SetQueueAttributes", { QueueUrl, Attributes });
    return describe(QueueUrl, context);
  },
  async delete(current, context) {
    await tolerate(context.call("sqs", "DeleteQueue", { QueueUrl: current.physicalId }), "QueueDoesNotExist");
  },
});

/** AWS::SQS::QueuePolicy: one policy on several queues. */
export const sqsQueuePolicy = resource("AWS::SQS::QueuePolicy", {
  async create(desired, context) {
    await putPolicies(desired, context);
    const id = context.name();
    return { physicalId: id, attributes: { Id: id } };
  },
  async update(desired, current, context) {
    const gone = queuesOf(current.properties).filter((url) => !queuesOf(desired).includes(url));
    await takePolicies(gone, context);
    await putPolicies(desired, context);
    return { physicalId: current.physicalId, attributes: { Id: current.physicalId } };
  },
  async delete(current, context) {
    await takePolicies(queuesOf(current.properties), context);
  },
});

/** AWS::SQS::QueueInlinePolicy: the policy of one queue. */
export const sqsQueueInlinePolicy = putLike("AWS::SQS::QueueInlinePolicy", {
  name: ({ Queue }) => Queue,
  put: (url, desired, context) => putPolicies({ ...desired, Queues: [url] }, context),
  remove: (url, context) => takePolicies([url], context),
});

async function describe(QueueUrl: string, context: ResourceContext) {
  const { Attributes } = await context.call("sqs", "GetQueueAttributes", { QueueUrl, AttributeNames: ["QueueArn"] });
  const arn = Attributes?.QueueArn;
  if (arn === undefined) throw new AwsError("NotStabilized", `The queue ${QueueUrl} has no ARN`);
  const QueueName = QueueUrl.slice(QueueUrl.lastIndexOf("/") + 1);
  return { physicalId: QueueUrl, attributes: { Arn: arn, QueueName, QueueUrl } };
}

function attributesOf(desired: Properties): Record<string, string> {
  const given = SETTINGS.filter((name) => desired[name] !== undefined);
  const entries = given.map((name) => [name, textOf(desired[name])] as const);
  // CloudFormation's default is a queue without content-based deduplication, and FifoQueue false is not an attribute.
  return Object.fromEntries(entries.filter(([name, value]) => !(name === "FifoQueue" && value === "false")));
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** What a template removes goes back to its default. */
function standardOf(before: Readonly<Record<string, string>>): Record<string, string> {
  const standards: Readonly<Record<string, string>> = {
    DelaySeconds: "0",
    MaximumMessageSize: "1048576",
    MessageRetentionPeriod: "345600",
    ReceiveMessageWaitTimeSeconds: "0",
    VisibilityTimeout: "30",
    KmsMasterKeyId: "",
    RedrivePolicy: "",
    RedriveAllowPolicy: "",
  };
  return Object.fromEntries(
    Object.keys(before).flatMap((name) => (standards[name] === undefined ? [] : [[name, standards[name]]])),
  );
}

function queuesOf(properties: PropertiesOf<"AWS::SQS::QueuePolicy">): readonly string[] {
  return properties.Queues ?? [];
}

async function putPolicies(desired: PropertiesOf<"AWS::SQS::QueuePolicy">, context: ResourceContext): Promise<void> {
  const Policy = JSON.stringify(desired.PolicyDocument);
  for (const QueueUrl of queuesOf(desired)) {
    await context.call("sqs", "SetQueueAttributes", { QueueUrl, Attributes: { Policy } });
  }
}

async function takePolicies(urls: readonly string[], context: ResourceContext): Promise<void> {
  for (const QueueUrl of urls) {
    const taken = context.call("sqs", "SetQueueAttributes", { QueueUrl, Attributes: { Policy: "" } });
    await tolerate(taken, "QueueDoesNotExist");
  }
}

import type { Nothing } from "../../kit/operation-types.ts";
import { AwsError } from "../../aws-error.ts";
import type { RequestContext } from "../../service.ts";
import { requireMade, type Input, type Kinesis, type Output } from "./context.ts";
import { consumerStatusOf, type ConsumerRecord } from "./records.ts";
import { invalidArgument, limitExceeded } from "./errors.ts";
import { RequestChecks } from "../../kit/request-checks.ts";
import { BUSY_MS } from "./streams.ts";
import { checkTags } from "./tag-rules.ts";

/** https://docs.aws.amazon.com/kinesis/latest/APIReference/API_RegisterStreamConsumer.html */
const MOST_CONSUMERS = 20;

/** Registers a consumer with enhanced fan-out; a stream has at most 20. */
export function registerStreamConsumer(
  kinesis: Kinesis,
  input: Input<"RegisterStreamConsumer">,
  context: RequestContext,
): Output<"RegisterStreamConsumer"> {
  new RequestChecks()
    .required("streamARN", input.StreamARN)
    .required("consumerName", input.ConsumerName)
    .length("consumerName", input.ConsumerName, 1, 128)
    .pattern("consumerName", input.ConsumerName, /[a-zA-Z0-9_.-]+/)
    .done();
  const stream = requireMade(kinesis, input, context);
  const name = input.ConsumerName;
  const known = kinesis.consumers.list(`${stream.arn}/`);
  if (known.some(([, consumer]) => consumer.name === name))
    throw new AwsError(
      "ResourceInUseException",
      `Consumer ${name} under stream ${stream.name} already exists for account ${stream.account}.`,
    );
  if (known.length >= MOST_CONSUMERS)
    throw limitExceeded(`Stream ${stream.name} has ${known.length} consumers. A stream has at most ${MOST_CONSUMERS}.`);
  const createdMs = kinesis.cloud.clock.now();
  const consumer: ConsumerRecord = {
    name,
    arn: `${stream.arn}/consumer/${name}:${Math.floor(createdMs / 1000)}`,
    streamArn: stream.arn,
    createdMs,
    activeMs: createdMs + BUSY_MS,
    tags: checkTags({ ...input.Tags }),
  };
  kinesis.consumers.put(consumer.arn, consumer);
  return { Consumer: describe(kinesis, consumer) };
}

/** Removes a consumer by its ARN, or by its name and stream. */
export function deregisterStreamConsumer(
  kinesis: Kinesis,
  input: Input<"DeregisterStreamConsumer">,
  context: RequestContext,
): Nothing {
  const consumer = requireConsumer(kinesis, input, context);
  kinesis.consumers.delete(consumer.arn);
  return {};
}

/** Returns a consumer by its ARN, or by its name and stream. */
export function describeStreamConsumer(
  kinesis: Kinesis,
  input: Input<"DescribeStreamConsumer">,
  context: RequestContext,
): Output<"DescribeStreamConsumer"> {
  const consumer = requireConsumer(kinesis, input, context);
  return { ConsumerDescription: { ...describe(kinesis, consumer), StreamARN: consumer.streamArn } };
}

/** Lists a stream's consumers, a page at a time. */
export function listStreamConsumers(
  kinesis: Kinesis,
  input: Input<"ListStreamConsumers">,
  context: RequestContext,
): Output<"ListStreamConsumers"> {
  new RequestChecks().required("streamARN", input.StreamARN).range("maxResults", input.MaxResults, 1, 10_000).done();
  const stream = requireMade(kinesis, input, context);
  const rest = kinesis.consumers.list(`${stream.arn}/`).filter(([arn]) => arn > (input.NextToken ?? ""));
  const page = rest.slice(0, input.MaxResults ?? 100);
  return {
    Consumers: page.map(([, consumer]) => describe(kinesis, consumer)),
    ...(page.length < rest.length && { NextToken: page.at(-1)?.[0] }),
  };
}

/** The consumer of an ARN, or AWS's refusal. */
export function requireConsumerByArn(kinesis: Kinesis, arn: string): ConsumerRecord {
  const consumer = kinesis.consumers.get(arn);
  if (consumer !== undefined) return consumer;
  throw new AwsError("ResourceNotFoundException", `Consumer ${arn}, account ${kinesis.cloud.account} not found.`);
}

function requireConsumer(
  kinesis: Kinesis,
  input: Input<"DescribeStreamConsumer">,
  context: RequestContext,
): ConsumerRecord {
  if (input.ConsumerARN !== undefined) return requireConsumerByArn(kinesis, input.ConsumerARN);
  if (input.StreamARN === undefined || input.ConsumerName === undefined)
    throw invalidArgument("Either ConsumerARN, or both StreamARN and ConsumerName must be specified.");
  const stream = requireMade(kinesis, input, context);
  const found = kinesis.consumers.list(`${stream.arn}/`).find(([, { name }]) => name === input.ConsumerName);
  if (found !== undefined) return found[1];
  throw new AwsError(
    "ResourceNotFoundException",
    `Consumer ${input.ConsumerName}, account ${stream.account} not found.`,
  );
}

function describe({ cloud }: Kinesis, consumer: ConsumerRecord) {
  return {
    ConsumerName: consumer.name,
    ConsumerARN: consumer.arn,
    ConsumerStatus: consumerStatusOf(consumer, cloud.clock.now()),
    ConsumerCreationTimestamp: new Date(consumer.createdMs),
  };
}

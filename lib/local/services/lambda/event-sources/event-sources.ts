import { constraintProblem, constraintText } from "../../../kit/constraint-text.ts";
import { AwsError, isAwsError } from "../../../aws-error.ts";
import type { RequestContext } from "../../../service.ts";
import type { Input, Lambda } from "../context.ts";
import { findTarget } from "../invoke/invoke-target.ts";
import { readFunctionRef } from "../functions/names.ts";
import type { MappingSettings } from "../records.ts";
import { invalidParameter } from "../errors.ts";
import { isDataStreamArn } from "./stream-source.ts";

type CreateInput = Input<"CreateEventSourceMapping">;

/** What Lambda can read events from, and how mappings of it differ. */
export interface EventSource {
  readonly name: "queue" | "table-stream" | "data-stream";
  readonly defaults: MappingSettings;
  /** Refuses what cannot be set for such a source. */
  check(
    settings: MappingSettings,
    input: Pick<CreateInput, "EventSourceArn" | "StartingPosition" | "StartingPositionTimestamp">,
  ): void;
  /** Refuses a source that is not there, or that the function does not fit. */
  checkSource(lambda: Lambda, input: CreateInput, context: RequestContext): Promise<void>;
}

const TABLE_STREAM = /^arn:aws[a-z-]*:dynamodb:[a-z0-9-]+:\d{12}:table\/[^/]+\/stream\/.+$/;
const QUEUE = /^arn:aws[a-z-]*:sqs:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]+(\.fifo)?$/;

/** The source of an ARN. One that is not supported is refused by its name. */
export function eventSourceOf(arn: string): EventSource {
  if (QUEUE.test(arn)) return queue;
  if (TABLE_STREAM.test(arn)) return tableStream;
  if (isDataStreamArn(arn)) return dataStream;
  const service = arn.split(":")[2] ?? "self-managed Kafka";
  throw new AwsError("NotImplemented", `The local cloud does not support ${service} as an event source.`, {
    statusCode: 501,
  });
}

/** Whether the event source is an SQS queue. */
export function isQueueArn(arn: string): boolean {
  return QUEUE.test(arn);
}

const STREAM_ONLY = [
  "BisectBatchOnFunctionError",
  "MaximumRecordAgeInSeconds",
  "MaximumRetryAttempts",
  "ParallelizationFactor",
  "TumblingWindowInSeconds",
] as const;

const queue: EventSource = {
  name: "queue",
  defaults: { BatchSize: 10, MaximumBatchingWindowInSeconds: 0, FunctionResponseTypes: [] },
  check(settings, input) {
    const arn = input.EventSourceArn ?? "";
    if (input.StartingPosition !== undefined) {
      throw invalidParameter(
        `StartingPosition is not valid for SQS event sources. Unsupported starting position for arn type: ${arn}`,
      );
    }
    const unfit = STREAM_ONLY.find((name) => settings[name] !== undefined);
    if (unfit !== undefined)
      throw invalidParameter(`Unsupported ${unfit} parameter for given event source mapping type.`);
    const { BatchSize = 10, MaximumBatchingWindowInSeconds: window = 0, ScalingConfig } = settings;
    if (arn.endsWith(".fifo")) {
      if (BatchSize > 10)
        throw invalidParameter(`BatchSize must be less than or equal to 10 for FIFO queues. Got ${BatchSize}.`);
      if (window > 0) throw invalidParameter("Batching window is not supported for FIFO queues");
    } else if (BatchSize > 10 && window < 1) {
      throw invalidParameter(
        "Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10",
      );
    }
    const most = ScalingConfig?.MaximumConcurrency;
    if (most !== undefined && (most < 2 || most > 1000)) {
      throw invalidParameter(`MaximumConcurrency must be between 2 and 1000. Got ${most}.`);
    }
  },
  async checkSource(lambda, input, context) {
    const [, , , region = context.region, , name = ""] = (input.EventSourceArn ?? "").split(":");
    const seconds = await visibilityOf(lambda, name, region);
    const ref = readFunctionRef(input.FunctionName, undefined, context);
    const timeout = findTarget(lambda, ref).version.settings.Timeout ?? 3;
    if (seconds < timeout) {
      throw invalidParameter(
        `Queue visibility timeout: ${seconds} seconds is less than Function timeout: ${timeout} seconds`,
      );
    }
  },
};

async function visibilityOf(lambda: Lambda, name: string, region: string): Promise<number> {
  try {
    const { QueueUrl = "" } = await lambda.cloud.call("sqs", "GetQueueUrl", { QueueName: name }, { region });
    const { Attributes } = await lambda.cloud.call(
      "sqs",
      "GetQueueAttributes",
      { QueueUrl, AttributeNames: ["VisibilityTimeout"] },
      { region },
    );
    return Number(Attributes?.VisibilityTimeout ?? 30);
  } catch (error) {
    if (!isAwsError(error, "QueueDoesNotExist")) throw error;
    throw invalidParameter(
      "Error occurred while ReceiveMessage. SQS Error Code: AWS.SimpleQueueService.NonExistentQueue. SQS Error Message: The specified queue does not exist.",
    );
  }
}

const STREAM_DEFAULTS: MappingSettings = {
  BatchSize: 100,
  MaximumBatchingWindowInSeconds: 0,
  MaximumRecordAgeInSeconds: -1,
  MaximumRetryAttempts: -1,
  ParallelizationFactor: 1,
  TumblingWindowInSeconds: 0,
  BisectBatchOnFunctionError: false,
  FunctionResponseTypes: [],
  DestinationConfig: { OnFailure: {} },
};

const checkStream: EventSource["check"] = (settings, { StartingPosition }) => {
  if (settings.ScalingConfig !== undefined) {
    throw invalidParameter("Unsupported ScalingConfig parameter for given event source mapping type.");
  }
  if (StartingPosition === undefined) {
    throw invalidParameter(
      constraintText(constraintProblem(undefined, "startingPosition", "Member must not be null.")),
    );
  }
};

const tableStream: EventSource = {
  name: "table-stream",
  defaults: STREAM_DEFAULTS,
  check(settings, input) {
    checkStream(settings, input);
    if (input.StartingPosition === "AT_TIMESTAMP") {
      throw invalidParameter(`Unsupported starting position for arn type: ${input.EventSourceArn}`);
    }
  },
  async checkSource(lambda, { EventSourceArn: StreamArn = "" }, { region }) {
    try {
      await lambda.cloud.call("dynamodb-streams", "DescribeStream", { StreamArn, Limit: 1 }, { region });
    } catch (error) {
      if (!isAwsError(error, "ResourceNotFoundException")) throw error;
      throw invalidParameter(`Stream not found: ${StreamArn}`);
    }
  },
};

const dataStream: EventSource = {
  name: "data-stream",
  defaults: STREAM_DEFAULTS,
  check(settings, input) {
    checkStream(settings, input);
    const isAt = input.StartingPosition === "AT_TIMESTAMP";
    if (isAt === (input.StartingPositionTimestamp !== undefined)) return;
    throw invalidParameter(
      isAt
        ? "StartingPositionTimestamp is required when StartingPosition is AT_TIMESTAMP."
        : "StartingPositionTimestamp is allowed with the StartingPosition AT_TIMESTAMP only.",
    );
  },
  async checkSource(lambda, { EventSourceArn: arn = "" }, { region }) {
    const [StreamARN] = arn.split("/consumer/");
    try {
      await lambda.cloud.call("kinesis", "DescribeStreamSummary", { StreamARN }, { region });
      if (arn !== StreamARN) {
        await lambda.cloud.call("kinesis", "DescribeStreamConsumer", { ConsumerARN: arn }, { region });
      }
    } catch (error) {
      if (!isAwsError(error, "ResourceNotFoundException")) throw error;
      throw invalidParameter(`Stream not found: ${arn}`);
    }
  },
};

import { AwsError } from "../../aws-error.ts";
import type { QueueRecord } from "./records.ts";
import { invalidAttribute, unknownAttribute } from "./errors.ts";

/** Defaults and limits: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html */
const NUMBERS: Readonly<Record<string, { readonly least: number; readonly most: number; readonly standard: string }>> =
  {
    DelaySeconds: { least: 0, most: 900, standard: "0" },
    MaximumMessageSize: { least: 1024, most: 1_048_576, standard: "1048576" },
    MessageRetentionPeriod: { least: 60, most: 1_209_600, standard: "345600" },
    ReceiveMessageWaitTimeSeconds: { least: 0, most: 20, standard: "0" },
    VisibilityTimeout: { least: 0, most: 43_200, standard: "30" },
    KmsDataKeyReusePeriodSeconds: { least: 60, most: 86_400, standard: "300" },
  };

const TEXTS = new Set(["KmsMasterKeyId", "SqsManagedSseEnabled"]);
const FIFO_ONLY = new Set(["ContentBasedDeduplication", "DeduplicationScope", "FifoThroughputLimit"]);
const FIFO_DEFAULTS = {
  ContentBasedDeduplication: "false",
  DeduplicationScope: "queue",
  FifoThroughputLimit: "perQueue",
};

/** A number that a queue is set to, or its default. */
export function numberOf({ attributes }: QueueRecord, name: string): number {
  return Number(attributes[name] ?? NUMBERS[name]!.standard);
}

/** Whether the queue is a FIFO queue. */
export function isFifo({ attributes }: Pick<QueueRecord, "attributes">): boolean {
  return attributes["FifoQueue"] === "true";
}

/** Where messages go that were received too often; undefined where the queue gives none up. */
export function redriveOf({ attributes }: QueueRecord): { targetArn: string; maxReceiveCount: number } | undefined {
  const text = attributes["RedrivePolicy"];
  if (text === undefined || text === "") return undefined;
  const { deadLetterTargetArn, maxReceiveCount } = JSON.parse(text) as Record<string, unknown>;
  return { targetArn: String(deadLetterTargetArn), maxReceiveCount: Number(maxReceiveCount) };
}

/** Everything that a queue is set to, defaults filled in. */
export function settledAttributes({ attributes }: QueueRecord): Record<string, string> {
  const { KmsDataKeyReusePeriodSeconds: keyReuse, ...numbers } = NUMBERS;
  const standard = Object.fromEntries(Object.entries(numbers).map(([name, { standard: value }]) => [name, value]));
  const encrypted = attributes["KmsMasterKeyId"] !== undefined && attributes["KmsMasterKeyId"] !== "";
  return {
    ...standard,
    ...(encrypted ? { KmsDataKeyReusePeriodSeconds: keyReuse!.standard } : {}),
    SqsManagedSseEnabled: encrypted ? "false" : "true",
    ...(isFifo({ attributes }) ? FIFO_DEFAULTS : {}),
    ...withoutEmpty(encrypted ? attributes : withoutKeyReuse(attributes)),
  };
}

/** How long a data key is reused shows only where there is a key. */
function withoutKeyReuse(attributes: Readonly<Record<string, string>>): Record<string, string> {
  const { KmsDataKeyReusePeriodSeconds: _, ...others } = attributes;
  return others;
}

/** SQS takes `True` and `TRUE` for these, and shows `true`. */
const SWITCHES = new Set(["FifoQueue", "ContentBasedDeduplication", "SqsManagedSseEnabled"]);

/** The attributes with their switches in lower case. */
export function readSwitches(given: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => [name, SWITCHES.has(name) ? value.toLowerCase() : value]),
  );
}

/** Refuses what AWS refuses, and returns what is to be kept. */
export function checkAttributes(given: Readonly<Record<string, string>>, fifo: boolean): Record<string, string> {
  for (const [name, value] of Object.entries(given)) checkAttribute(name, value, fifo);
  if (given["SqsManagedSseEnabled"] === "true" && (given["KmsMasterKeyId"] ?? "") !== "") {
    throw new AwsError(
      "InvalidAttributeName",
      "You can use one type of server-side encryption (SSE) at one time. You can either enable KMS SSE or SQS SSE.",
    );
  }
  if (given["FifoThroughputLimit"] === "perMessageGroupId" && given["DeduplicationScope"] === "queue") {
    throw invalidAttribute("DeduplicationScope", "FifoThroughputLimit perMessageGroupId needs the scope messageGroup.");
  }
  return { ...given };
}

function checkAttribute(name: string, value: string, fifo: boolean): void {
  const limits = NUMBERS[name];
  if (limits !== undefined) {
    const number = Number(value);
    const fits = /^\d+$/.test(value) && number >= limits.least && number <= limits.most;
    if (!fits) throw invalidAttribute(name);
  } else if (name === "FifoQueue") {
    if (!fifo) throw unknownAttribute(name);
    if (value !== "true") throw invalidAttribute(name, "Modifying queue type is not supported.");
  } else if (FIFO_ONLY.has(name)) {
    checkFifoOnly(name, value, fifo);
  } else if (name === "RedrivePolicy") {
    checkRedrive(value);
  } else if (name === "Policy" || name === "RedriveAllowPolicy") {
    checkJson(name, value);
  } else if (!TEXTS.has(name)) {
    throw unknownAttribute(name);
  }
}

const FIFO_VALUES: Readonly<Record<string, readonly string[]>> = {
  ContentBasedDeduplication: ["true", "false"],
  DeduplicationScope: ["queue", "messageGroup"],
  FifoThroughputLimit: ["perQueue", "perMessageGroupId"],
};

function checkFifoOnly(name: string, value: string, fifo: boolean): void {
  if (!fifo) {
    if (name === "ContentBasedDeduplication") throw unknownAttribute(name);
    throw new AwsError("InvalidAttributeName", `You can specify the ${name} only when FifoQueue is set to true.`);
  }
  if (!FIFO_VALUES[name]!.includes(value)) throw invalidAttribute(name);
}

function checkRedrive(value: string): void {
  if (value === "") return;
  const policy = checkJson("RedrivePolicy", value);
  const { deadLetterTargetArn, maxReceiveCount } = policy;
  const count = Number(maxReceiveCount);
  if (typeof deadLetterTargetArn !== "string" || maxReceiveCount === undefined) {
    throw invalidRedrive(
      value,
      "Redrive policy does not contain mandatory attribute: maxReceiveCount or deadLetterTargetArn.",
    );
  }
  if (!Number.isInteger(count) || count < 1 || count > 1000) {
    throw invalidRedrive(value, "Invalid value for maxReceiveCount: must be within 1 and 1000.");
  }
  if (!deadLetterTargetArn.startsWith("arn:")) throw invalidRedrive(value, "Dead letter target is not a valid ARN.");
}

/** `InvalidParameterValue` for a redrive policy. */
export function invalidRedrive(value: string, reason: string): AwsError {
  return new AwsError(
    "InvalidParameterValueException",
    `Value ${value} for parameter RedrivePolicy is invalid. Reason: ${reason}`,
    {
      queryCode: "InvalidParameterValue",
    },
  );
}

function checkJson(name: string, value: string): Record<string, unknown> {
  if (value === "") return {};
  try {
    const parsed: unknown = JSON.parse(value);
    if (typeof parsed === "object" && parsed !== null) return parsed as Record<string, unknown>;
  } catch {
    // Reported below.
  }
  throw invalidAttribute(name);
}

/** An empty text takes a policy or a key away. */
export function withoutEmpty(attributes: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== ""));
}

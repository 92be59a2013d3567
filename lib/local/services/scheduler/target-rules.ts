import type { Checked } from "../../kit/checked.ts";
import { targetKind, type TargetKind } from "../../delivery/target-kind.ts";
import { notCarried } from "../../kit/not-carried.ts";
import type { Target } from "@aws-sdk/client-scheduler";
import { SERVICE_NAMES } from "../../catalogue.ts";
import { carriedService, findOperation } from "../../kit/sdk-request.ts";
import { invalid } from "./errors.ts";
import { findMissing, tryReadUniversalTarget, type UniversalTarget } from "./targets/universal-call.ts";

/** Parameters by the service that they are for. */
const PARAMETERS = {
  EcsParameters: "ecs",
  EventBridgeParameters: "events",
  KinesisParameters: "kinesis",
  SageMakerPipelineParameters: "sagemaker",
  SqsParameters: "sqs",
} as const;

/** Parameters that a kind of target cannot do without. */
const NEEDED: { readonly [K in TargetKind | "fifo"]?: keyof typeof PARAMETERS } = {
  bus: "EventBridgeParameters",
  fifo: "SqsParameters",
  stream: "KinesisParameters",
};

const NEEDS_JSON = new Set(["function", "workflow", "bus"]);

/** The services of the templated targets that are carried, as ARNs name them. */
const CARRIED = new Set(["lambda", "sqs", "sns", "states", "events", "kinesis"]);

/** Templated targets of AWS that are not supported here. */
const NOT_CARRIED = new Set(["codebuild", "codepipeline", "ecs", "firehose", "inspector", "sagemaker"]);

/** https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-universal.html#unsupported-api-actions */
const READS =
  /^(get|describe|list|poll|receive|search|scan|query|select|read|lookup|discover|validate|batchGet|batchDescribe|batchRead|transactGet|adminGet|adminList|testMigration|retrieve|testConnection|translateDocument|isAuthorized|invokeModel)/i;

/** Refuses a target that the Scheduler would not take, or that is not supported. Words as measured, see the README. */
export async function requireTarget(target: Checked<Target>, region: string): Promise<void> {
  if (target.EventBridgePutEventsV2Parameters ?? target.EventBridgePutRawEventsParameters)
    throw notCarried(
      "EventBridgePutEventsV2Parameters and EventBridgePutRawEventsParameters",
      "Use EventBridgeParameters.",
    );
  const universal = tryReadUniversalTarget(target.Arn);
  if (universal !== undefined) return requireUniversal(target, universal);
  requireTemplated(target, region);
}

async function requireUniversal(target: Checked<Target>, universal: UniversalTarget): Promise<void> {
  requireOwnParameters(target, "scheduler");
  const unsupported = invalid(`${universal.api} API is not supported.`);
  if (READS.test(universal.api)) throw unsupported;
  if (target.Input === undefined) throw invalid("You must provide an input to set this target for your schedule.");
  const service = carriedService(universal.service);
  if (service === undefined)
    throw notCarried(`the service ${universal.service}`, `Universal targets reach ${SERVICE_NAMES.join(", ")}.`);
  const operation = await findOperation(service, universal.api);
  if (operation === undefined) throw unsupported;
  const missing = findMissing(operation, requireJson(target.Input));
  if (missing.length > 0)
    throw invalid(
      `Invalid RequestJson provided. Reason Request payload is missing the following field(s): ${missing.join(", ")}.`,
    );
}

function requireTemplated(target: Checked<Target>, region: string): void {
  const [, , service = "", itsRegion] = target.Arn.split(":");
  if (NOT_CARRIED.has(service))
    throw notCarried(
      `the target ${target.Arn}`,
      "Schedules reach functions, queues, topics, state machines, event buses, streams and universal targets.",
    );
  if (!CARRIED.has(service)) throw invalid(`${service} is not a supported service for a target.`);
  const kind = targetKind(target.Arn);
  if (kind === undefined) throw invalid("Parameter Arn is not valid. Reason: Provided Arn is not in correct format.");
  if (itsRegion !== region) throw invalid(`The target ARN provided does not match the current region ${region}.`);
  requireOwnParameters(target, service);
  requireNeededParameters(target, kind);
  if (NEEDS_JSON.has(kind) && target.Input !== undefined) requireJson(target.Input);
}

function requireOwnParameters(target: Checked<Target>, service: string): void {
  for (const [name, itsService] of Object.entries(PARAMETERS))
    if (target[name as keyof typeof PARAMETERS] !== undefined && itsService !== service)
      throw invalid(`Parameters ${name} not supported for the target.`);
}

function requireNeededParameters(target: Checked<Target>, kind: TargetKind): void {
  const isFifo = kind === "queue" && target.Arn.endsWith(".fifo");
  const needed = NEEDED[isFifo ? "fifo" : kind];
  if (needed !== undefined && target[needed] === undefined) throw invalid(`Parameters ${needed} must be specified.`);
  if (!isFifo && target.SqsParameters?.MessageGroupId !== undefined)
    throw invalid("Parameters MessageGroupId not valid for the target.");
}

function requireJson(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    throw invalid("JSON syntax error in input for the target.");
  }
}

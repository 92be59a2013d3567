import { invokeByParameters } from "./function-task.ts";
import type { TaskResource } from "./resource.ts";
import type { Attempt } from "./scope.ts";
import { callService, type ServiceCall } from "./service-call.ts";
import { startExecutionTask } from "./start-execution-task.ts";
import { runtimeError, StatesError } from "./states-error.ts";
import type { TaskStory } from "./task-story.ts";

/** The optimised integrations that are carried: their service here, and how their refusals call it. */
const OPTIMISED: Readonly<Record<string, Pick<ServiceCall, "service" | "prefix" | "optimised">>> = {
  dynamodb: { service: "dynamodb", prefix: "DynamoDB", optimised: "AmazonDynamoDBv2" },
  events: { service: "eventbridge", prefix: "EventBridge", optimised: "AmazonEventBridge" },
  sns: { service: "sns", prefix: "SNS", optimised: "AmazonSNS" },
  sqs: { service: "sqs", prefix: "SQS", optimised: "AmazonSQS" },
};

/** How `aws-sdk:` calls services that have another name here. */
const SDK_NAMES: Readonly<Record<string, string>> = {
  cloudwatchlogs: "cloudwatch-logs",
  dynamodbstreams: "dynamodb-streams",
  secretsmanager: "secrets-manager",
};

/** Prefixes that are more than the name with a capital letter. */
const SDK_PREFIXES: Readonly<Record<string, string>> = {
  apigatewayv2: "ApiGatewayV2",
  cloudformation: "CloudFormation",
  cloudwatch: "CloudWatch",
  cloudwatchlogs: "CloudWatchLogs",
  dynamodb: "DynamoDb",
  dynamodbstreams: "DynamoDbStreams",
  eventbridge: "EventBridge",
  secretsmanager: "SecretsManager",
};

/** Services whose members begin with a small letter; `aws-sdk:` spells them with a capital one. */
const SMALL_LETTERS = new Set(["sfn", "cloudwatch-logs"]);

/** Members that are bytes; anything but text is given as its JSON. */
const BYTES = new Set(["Body", "Payload", "Data", "ZipFile"]);

/** Carries out a service integration and answers its result. */
export async function callIntegration(
  attempt: Attempt,
  resource: TaskResource,
  given: unknown,
  at: string,
  story: TaskStory,
): Promise<unknown> {
  const { service, operation } = resource;
  if (service === "lambda" && operation === "invoke") return invokeByParameters(attempt, given);
  if (service === "states" && operation === "startExecution") {
    return startExecutionTask(attempt, resource, given, at, story);
  }
  if (service.startsWith("aws-sdk:")) return callSdk(attempt, service.slice("aws-sdk:".length), operation, given);
  const optimised = OPTIMISED[service];
  if (optimised === undefined) throw notCarried(resource);
  const answer = await callService(attempt, { ...optimised, operation, input: prepare(service, given) });
  if (service === "events" && answer["FailedEntryCount"] !== 0) throw failedEntry(answer);
  return answer;
}

function failedEntry({ Entries, FailedEntryCount }: Record<string, unknown>): StatesError {
  return new StatesError("EventBridge.FailedEntry", JSON.stringify({ Entries, FailedEntryCount }));
}

async function callSdk(attempt: Attempt, name: string, operation: string, given: unknown): Promise<unknown> {
  const service = SDK_NAMES[name] ?? name;
  const prefix = SDK_PREFIXES[name] ?? `${name[0]!.toUpperCase()}${name.slice(1)}`;
  const isSmall = SMALL_LETTERS.has(service);
  const input = isSmall ? respell(given, (letter) => letter.toLowerCase()) : withBytes(given);
  const answer = await callService(attempt, { service, operation, input, prefix });
  return isSmall ? respell(answer, (letter) => letter.toUpperCase()) : answer;
}

function withBytes(given: unknown): unknown {
  if (Array.isArray(given)) return given.map(withBytes);
  if (typeof given !== "object" || given === null) return given;
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => [name, BYTES.has(name) ? bytesOf(value) : withBytes(value)]),
  );
}

function bytesOf(value: unknown): Buffer {
  return Buffer.from(typeof value === "string" ? value : (JSON.stringify(value) ?? ""));
}

/** What AWS makes of arguments that are objects where the service takes text. */
function prepare(service: string, given: unknown): unknown {
  const input = { ...(given as Record<string, unknown>) };
  const asText = (name: string) => {
    if (input[name] !== undefined && typeof input[name] !== "string") input[name] = JSON.stringify(input[name]);
  };
  if (service === "sqs") asText("MessageBody");
  if (service === "sns") asText("Message");
  if (service === "events") {
    const entries = (input["Entries"] as Record<string, unknown>[] | undefined) ?? [];
    input["Entries"] = entries.map((entry) => ({
      ...entry,
      Detail: typeof entry["Detail"] === "string" ? entry["Detail"] : JSON.stringify(entry["Detail"] ?? {}),
    }));
  }
  return input;
}

function respell(value: unknown, change: (letter: string) => string): unknown {
  if (Array.isArray(value)) return value.map((item) => respell(item, change));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [change(name[0]!) + name.slice(1), respell(item, change)]),
  );
}

function notCarried({ arn }: TaskResource): StatesError {
  return runtimeError(`The local cloud does not carry the integration '${arn}'.`);
}

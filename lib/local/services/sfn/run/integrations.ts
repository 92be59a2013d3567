import type { TaskStory } from "./event-data.ts";
import { capitalised, carriedService, findOperation, toSdkInput } from "../../../kit/sdk-request.ts";
import { invokeApi } from "./api-task.ts";
import { invokeByParameters } from "./function-task.ts";
import { invokeHttp } from "./http-task.ts";
import type { TaskResource } from "./resource.ts";
import type { Attempt } from "./scope.ts";
import { callService, type ServiceCall } from "./service-call.ts";
import { startExecutionTask } from "./start-execution-task.ts";
import { runtimeError, StatesError } from "./states-error.ts";

/** The optimised integrations that are carried: their service here, and how their refusals call it. */
const OPTIMISED: Readonly<Record<string, Pick<ServiceCall, "service" | "prefix" | "optimised">>> = {
  dynamodb: { service: "dynamodb", prefix: "DynamoDB", optimised: "AmazonDynamoDBv2" },
  events: { service: "eventbridge", prefix: "EventBridge", optimised: "AmazonEventBridge" },
  sns: { service: "sns", prefix: "SNS", optimised: "AmazonSNS" },
  sqs: { service: "sqs", prefix: "SQS", optimised: "AmazonSQS" },
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

/** Services whose answers' members begin with a small letter; `aws-sdk:` spells them with a capital one. */
const SMALL_LETTERS = new Set(["sfn", "cloudwatch-logs"]);

/** Carries out a service integration and returns its result. */
export async function callIntegration(
  attempt: Attempt,
  resource: TaskResource,
  given: unknown,
  at: string,
  story: TaskStory,
): Promise<unknown> {
  const { service, operation } = resource;
  if (service === "lambda" && operation === "invoke") return invokeByParameters(attempt, given);
  if (service === "http" && operation === "invoke") return invokeHttp(attempt, given);
  if (service === "apigateway" && operation === "invoke") return invokeApi(attempt, given);
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
  const service = carriedService(name);
  const prefix = SDK_PREFIXES[name] ?? capitalised(name);
  const known = service === undefined ? undefined : await findOperation(service, operation);
  const input = known === undefined ? given : toSdkInput(known, given ?? {});
  const answer = await callService(attempt, { service: service ?? name, operation, input, prefix, model: known });
  return SMALL_LETTERS.has(service ?? name) ? respell(answer) : answer;
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

/** With a capital letter before every member. */
function respell(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(respell);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [capitalised(name), respell(item)]));
}

function notCarried({ arn }: TaskResource): StatesError {
  return runtimeError(`The local cloud does not support the integration '${arn}'.`);
}

import { isAwsError } from "../../../aws-error.ts";
import { SERVICE_NAMES } from "../../../registry.ts";
import type { ServiceName } from "../../../service.ts";
import { invokeByParameters } from "./function-task.ts";
import type { TaskResource } from "./resource.ts";
import type { Attempt } from "./scope.ts";
import { runtimeError, StatesError } from "./states-error.ts";
import { startExecutionTask } from "./start-execution-task.ts";

/** The optimised integrations that are carried: their service here, and the prefix of their errors. */
const OPTIMISED: Readonly<Record<string, { readonly service: string; readonly prefix: string }>> = {
  dynamodb: { service: "dynamodb", prefix: "DynamoDB" },
  events: { service: "eventbridge", prefix: "EventBridge" },
  sns: { service: "sns", prefix: "SNS" },
  sqs: { service: "sqs", prefix: "SQS" },
};

/** How `aws-sdk:` calls services that have another name here. */
const SDK_NAMES: Readonly<Record<string, string>> = {
  cloudwatchlogs: "cloudwatch-logs",
  dynamodbstreams: "dynamodb-streams",
  secretsmanager: "secrets-manager",
};

/** Services whose members begin with a small letter; `aws-sdk:` spells them with a capital one. */
const SMALL_LETTERS = new Set(["sfn", "cloudwatch-logs"]);

/** Carries out a service integration and answers its result. */
export async function callIntegration(
  attempt: Attempt,
  resource: TaskResource,
  given: unknown,
  at: string,
): Promise<unknown> {
  const { service, operation } = resource;
  if (service === "lambda" && operation === "invoke") return invokeByParameters(attempt, given);
  if (service === "states" && operation === "startExecution") return startExecutionTask(attempt, resource, given, at);
  if (service.startsWith("aws-sdk:")) return callSdk(attempt, service.slice("aws-sdk:".length), operation, given);
  const optimised = OPTIMISED[service];
  if (optimised === undefined) throw notCarried(resource);
  return callService(attempt, optimised.service, operation, prepare(service, given), optimised.prefix);
}

function callSdk(attempt: Attempt, name: string, operation: string, given: unknown): Promise<unknown> {
  const service = SDK_NAMES[name] ?? name;
  const prefix = `${name[0]!.toUpperCase()}${name.slice(1)}`.replace("Dynamodb", "DynamoDb");
  const input = SMALL_LETTERS.has(service) ? respell(given, (letter) => letter.toLowerCase()) : given;
  const answer = callService(attempt, service, operation, input, prefix);
  return SMALL_LETTERS.has(service) ? answer.then((value) => respell(value, (letter) => letter.toUpperCase())) : answer;
}

async function callService(
  attempt: Attempt,
  service: string,
  operation: string,
  input: unknown,
  prefix: string,
): Promise<unknown> {
  if (!(SERVICE_NAMES as readonly string[]).includes(service)) {
    throw runtimeError(
      `The local cloud does not carry the service '${service}' that the state '${attempt.name}' calls.`,
    );
  }
  const name = `${operation[0]!.toUpperCase()}${operation.slice(1)}`;
  const { cloud, execution } = attempt.run;
  try {
    const output = await (cloud.call as AnyCall)(service as ServiceName, name, input ?? {}, {
      region: execution.region,
    });
    return plain(output);
  } catch (error) {
    if (!isAwsError(error)) throw error;
    const code = error.code.includes(".") ? error.code.slice(error.code.lastIndexOf(".") + 1) : error.code;
    const status = error.statusCode ?? 400;
    throw new StatesError(
      `${prefix}.${exceptionName(code)}`,
      `${error.message} (Service: ${prefix}, Status Code: ${status})`,
    );
  }
}

type AnyCall = (
  service: ServiceName,
  operation: string,
  input: unknown,
  context: { region: string },
) => Promise<unknown>;

function exceptionName(code: string): string {
  return /(Exception|Fault|Error)$/.test(code) ? code : `${code}Exception`;
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

/** An answer as JSON: times as text, bytes as text, without what the client adds. */
function plain(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString("utf8");
  if (typeof value === "bigint") return Number(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([name, item]) => name !== "$metadata" && item !== undefined);
  return Object.fromEntries(entries.map(([name, item]) => [name, plain(item)]));
}

function notCarried({ arn }: TaskResource): StatesError {
  return runtimeError(`The local cloud does not carry the integration '${arn}'.`);
}

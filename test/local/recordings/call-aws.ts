import { STATUS_CODES } from "node:http";
import * as cloudformation from "@aws-sdk/client-cloudformation";
import * as logs from "@aws-sdk/client-cloudwatch-logs";
import * as dynamodb from "@aws-sdk/client-dynamodb";
import * as dynamodbStreams from "@aws-sdk/client-dynamodb-streams";
import * as events from "@aws-sdk/client-eventbridge";
import * as iam from "@aws-sdk/client-iam";
import * as kinesis from "@aws-sdk/client-kinesis";
import * as lambda from "@aws-sdk/client-lambda";
import * as s3 from "@aws-sdk/client-s3";
import * as scheduler from "@aws-sdk/client-scheduler";
import * as secretsManager from "@aws-sdk/client-secrets-manager";
import * as sfn from "@aws-sdk/client-sfn";
import * as sns from "@aws-sdk/client-sns";
import * as sqs from "@aws-sdk/client-sqs";
import * as ssm from "@aws-sdk/client-ssm";
import * as sts from "@aws-sdk/client-sts";
import type { TestCloud } from "../../helpers/cloud.ts";

/** The SDK's modules by the names that the recordings give the services. */
const SERVICES: Readonly<Record<string, readonly [module: object, client: string]>> = {
  cloudformation: [cloudformation, "CloudFormationClient"],
  dynamodb: [dynamodb, "DynamoDBClient"],
  dynamodbstreams: [dynamodbStreams, "DynamoDBStreamsClient"],
  events: [events, "EventBridgeClient"],
  iam: [iam, "IAMClient"],
  kinesis: [kinesis, "KinesisClient"],
  lambda: [lambda, "LambdaClient"],
  logs: [logs, "CloudWatchLogsClient"],
  s3: [s3, "S3Client"],
  scheduler: [scheduler, "SchedulerClient"],
  secretsmanager: [secretsManager, "SecretsManagerClient"],
  sns: [sns, "SNSClient"],
  sqs: [sqs, "SQSClient"],
  "sqs-query": [sqs, "SQSClient"],
  ssm: [ssm, "SSMClient"],
  stepfunctions: [sfn, "SFNClient"],
  sts: [sts, "STSClient"],
};

/** What a call came to, in the shape in which the recordings hold it. */
export interface Answer {
  readonly value: Readonly<Record<string, unknown>>;
  readonly refused: boolean;
  /** What the local cloud said it does not carry. */
  readonly notCarried?: string;
  /** Why the client did not send the call. */
  readonly unsent?: string;
}

type Sender = { send(command: object): Promise<object>; destroy(): void };
type Constructor<T> = new (input: object) => T;

/** Makes recorded calls with the SDK's clients. */
export class AwsCaller {
  readonly #cloud: TestCloud;
  readonly #clients = new Map<string, Sender>();

  constructor(cloud: TestCloud) {
    this.#cloud = cloud;
  }

  async call(name: string, input: object): Promise<Answer> {
    const [service = "", operation = ""] = name.split(".");
    const known = SERVICES[service];
    if (known === undefined) return { value: {}, refused: true, notCarried: name };
    const [module, clientName] = known;
    const Command = (module as Record<string, Constructor<object>>)[`${operation}Command`];
    if (Command === undefined) return { value: {}, refused: true, notCarried: name };
    const client = this.#clients.get(service) ?? this.#connect(service, module, clientName);
    try {
      const answer = await readable(await client.send(new Command(asSent(operation, input))));
      return { value: isListing(operation) ? (decoded(answer) as Answer["value"]) : answer, refused: false };
    } catch (error) {
      return readError(error, name);
    }
  }

  #connect(service: string, module: object, clientName: string): Sender {
    const Client = (module as Record<string, new (...configuration: never) => Sender>)[clientName];
    if (Client === undefined) throw new Error(`The SDK has no ${clientName}.`);
    const client = this.#cloud.client(Client, { forcePathStyle: true, disableHostPrefix: true });
    this.#clients.set(service, client);
    return client;
  }
}

/**
 * The client that recorded asks for URL-encoded keys in each listing of S3, and decodes them; and it takes a copy's
 * source as an object.
 */
function asSent(operation: string, input: object): object {
  if (isListing(operation)) return { EncodingType: "url", ...input };
  const { CopySource: source } = input as { CopySource?: unknown };
  return isFields(source) ? { ...input, CopySource: `${String(source["Bucket"])}/${String(source["Key"])}` } : input;
}

function isListing(operation: string): boolean {
  return /^List(?:Objects|ObjectsV2|ObjectVersions)$/.test(operation);
}

const ENCODED = new Set([
  "Key",
  "Prefix",
  "Delimiter",
  "Marker",
  "NextMarker",
  "StartAfter",
  "KeyMarker",
  "NextKeyMarker",
]);

function decoded(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(decoded);
  if (!isFields(value) || value instanceof Date) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [
      key,
      ENCODED.has(key) && typeof one === "string" ? decodeURIComponent(one.replaceAll("+", " ")) : decoded(one),
    ]),
  );
}

/** The members of an SDK's error that are not the answer's. */
const OWN_MEMBERS = new Set([
  "name",
  "$fault",
  "$metadata",
  "$response",
  "$retryable",
  "Code",
  "message",
  "stack",
  "$service",
]);

async function readError(error: unknown, call: string): Promise<Answer> {
  if (!(error instanceof Error)) throw error;
  if (!("$metadata" in error)) return { value: {}, refused: true, unsent: error.message };
  const { name, message } = error;
  const fields = error as Error & Record<string, unknown>;
  const metadata = error.$metadata as { httpStatusCode?: number };
  if (
    metadata.httpStatusCode === 501 ||
    /local cloud (?:does not carry|carries none)|not carried by the local/.test(message)
  ) {
    return { value: {}, refused: true, notCarried: `${call}: ${message}` };
  }
  const others = Object.fromEntries(
    Object.getOwnPropertyNames(fields)
      .filter((key) => !OWN_MEMBERS.has(key) && key !== "Error")
      .map((key) => [key, fields[key]]),
  );
  const detail = isFields(fields["Error"]) ? fields["Error"] : {};
  const isS3 = call.startsWith("s3.");
  const value = {
    ...(isS3 && name !== "InvalidObjectState" ? {} : others),
    Error: {
      ...(isS3 ? others : {}),
      ...detail,
      ...worded(typeof fields["Code"] === "string" ? fields["Code"] : name, message, metadata.httpStatusCode ?? 0),
    },
    ResponseMetadata: { HTTPStatusCode: metadata.httpStatusCode },
  };
  return { value: await readable(value), refused: true };
}

/** An error without a body has its status for a code; the SDKs put different words in its place. */
function worded(code: string, message: string, status: number): { Code: string; Message: string } {
  if (code === "Unknown" || code === "NotFound" || code === "NotModified") {
    const isEmpty = message === "UnknownError" || message === code;
    if (isEmpty) return { Code: String(status), Message: STATUS_CODES[status] ?? "" };
  }
  return { Code: code, Message: message === "UnknownError" ? "" : message };
}

async function readable(answer: object): Promise<Record<string, unknown>> {
  const { $metadata, ...rest } = answer as { $metadata?: { httpStatusCode?: number } };
  const value = (await plain(rest)) as Record<string, unknown>;
  return $metadata === undefined ? value : { ...value, ResponseMetadata: { HTTPStatusCode: $metadata.httpStatusCode } };
}

async function plain(value: unknown): Promise<unknown> {
  if (value instanceof Uint8Array) return Buffer.from(value).toString();
  if (value instanceof Date || typeof value !== "object" || value === null) return value;
  if ("transformToString" in value && typeof value.transformToString === "function") return value.transformToString();
  if (Array.isArray(value)) return Promise.all(value.map(plain));
  const entries = Object.entries(value).map(async ([key, one]) => [key, await plain(one)] as const);
  return Object.fromEntries(await Promise.all(entries));
}

function isFields(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

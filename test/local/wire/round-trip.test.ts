import { AwsQueryProtocol } from "@aws-sdk/core/protocols";
import { SmithyRpcV2CborProtocol } from "@smithy/core/cbor";
import { Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SERVICE_NAMES } from "../../../lib/local/catalogue.ts";
import { SERVICES, type ServiceEntry } from "../../../lib/local/registry.ts";
import { readServiceModel, type OperationModel } from "../../../lib/local/wire/service-model.ts";
import { ServiceServer } from "../../../lib/local/wire/service-server.ts";
import { startEchoServer } from "./echo-server.ts";
import { buildValue, comparable, STREAMED, type Variant } from "./schema-values.ts";

interface Exchange {
  readonly sent: unknown;
  readonly decoded: unknown;
  readonly answered: unknown;
  readonly received: unknown;
}

interface SdkClient {
  send(command: object, options: { abortSignal: AbortSignal }): Promise<object>;
  destroy(): void;
}

type SdkModule = Record<string, new (given: object) => object>;

const VARIANTS: Record<string, Variant> = {
  "all members": { full: true, member: 0 },
  "the second branch of unions": { full: true, member: 1 },
  "the third branch of unions": { full: true, member: 2 },
  "required members only": { full: false, member: 0 },
};

/** What the client itself does not support, by operation and variant, with the reason. */
const EXCEPTIONS: Record<string, string> = {
  "s3 CopyObject, required members only": "The client takes an empty answer to a copy for a failure.",
  "s3 UploadPartCopy, required members only": "The client takes an empty answer to a copy for a failure.",
  "s3 GetObject, required members only": "Bytes that say nothing of their type come as octets.",
  "lambda StopDurableExecution, required members only": "The client sends {} for a payload that is not given.",
  "lambda SendDurableExecutionCallbackFailure, required members only":
    "The client sends {} for a payload that is not given.",
  "lambda InvokeWithResponseStream, required members only":
    "The content type of an event stream is a member of the output, and never empty.",
};

const SPEAKERS: { title: string; name: keyof typeof SERVICES; configuration?: { protocol: unknown } }[] = [
  ...SERVICE_NAMES.map((name) => ({ title: name, name })),
  { title: "cloudwatch in Query", name: "cloudwatch", configuration: { protocol: AwsQueryProtocol } },
  { title: "cloudwatch in CBOR", name: "cloudwatch", configuration: { protocol: SmithyRpcV2CborProtocol } },
];

describe.each(SPEAKERS)("$title", ({ title, name, configuration }) => {
  let module: SdkModule;
  let server: ServiceServer;
  let echo: Awaited<ReturnType<typeof startEchoServer>>;
  let client: SdkClient;
  let pending: { answer: Record<string, unknown>; decoded?: unknown };

  beforeAll(async () => {
    const entry: ServiceEntry = SERVICES[name];
    module = (await entry.client()) as SdkModule;
    server = new ServiceServer(readServiceModel(module), entry.quirks);
    echo = await startEchoServer(server, async (_operation, input) => {
      pending.decoded = await comparable(input);
      return pending.answer;
    });
    const Client = Object.entries(module).find(([key]) => /^[A-Z]\w*Client$/.test(key))![1];
    client = new Client({
      endpoint: echo.endpoint,
      region: "us-east-1",
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
      maxAttempts: 1,
      disableHostPrefix: true,
      forcePathStyle: true,
      // The client of SQS checks digests of what is sent; here answers have none to do with it.
      md5: false,
      ...configuration,
    }) as SdkClient;
  });

  afterAll(() => {
    client.destroy();
    echo.close();
  });

  test.each(Object.keys(VARIANTS))("carries every operation there and back with %s", async (variant) => {
    const failures: string[] = [];
    const excepted: string[] = [];
    let passed = 0;
    for (const operation of server.model.operations.values()) {
      const label = `${name} ${operation.name}, ${variant}`;
      const problem = await tryRoundTrip(operation, VARIANTS[variant]!);
      if (problem !== undefined && label in EXCEPTIONS) excepted.push(label);
      else if (problem !== undefined) failures.push(`${label}: ${problem}`);
      else passed += 1;
    }
    console.log(`${title}, ${variant}: ${passed} of ${server.model.operations.size} operations`, ...excepted);
    expect(failures).toEqual([]);
  });

  async function tryRoundTrip(operation: OperationModel, variant: Variant): Promise<string | undefined> {
    try {
      const { sent, decoded, answered, received } = await roundTrip(operation, variant);
      expect(decoded, "input").toEqual(sent);
      expect(received, "output").toEqual(answered);
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message.slice(0, 1500) : String(error);
    }
  }

  async function roundTrip(operation: OperationModel, variant: Variant): Promise<Exchange> {
    const input = () => forClient(buildValue(operation.input, variant));
    const output = () => forServer(buildValue(operation.output, variant));
    pending = { answer: output() };
    const Command = module[`${operation.name}Command`]!;
    const form = configuration?.protocol === AwsQueryProtocol || server.model.protocol === "awsQuery";
    const sending = client.send(new Command(sendable(input())), { abortSignal: AbortSignal.timeout(3000) });
    const { $metadata: _ignored, ...received } = (await sending) as { $metadata?: unknown };
    return {
      sent: form ? withoutEmpty(await comparable(input())) : await comparable(input()),
      decoded: withoutAdditions(pending.decoded as object, await comparable(input())),
      answered: await comparable(output()),
      received: await comparable(forServer(received)),
    };
  }
});

/** Values that the client itself checks, or computes from others, before it sends anything. */
function forClient(input: Record<string, unknown>): Record<string, unknown> {
  const { SSECustomerKey: _key, CopySourceSSECustomerKey: _sourceKey, EndpointId: _endpoint, ...rest } = input;
  if ("Bucket" in rest) rest["Bucket"] = "a-bucket";
  if ("ChecksumAlgorithm" in rest) rest["ChecksumAlgorithm"] = "SHA256";
  return rest;
}

/** The fields of a form cannot say that a structure is there and has nothing in it. */
function withoutEmpty(given: unknown): unknown {
  if (typeof given !== "object" || given === null) return given;
  if (Array.isArray(given)) return given.map(withoutEmpty).filter((item) => !isEmpty(item));
  const entries = Object.entries(given).map(([name, member]): [string, unknown] => [name, withoutEmpty(member)]);
  return Object.fromEntries(entries.filter(([, member]) => !isEmpty(member)));
}

function isEmpty(given: unknown): boolean {
  return typeof given === "object" && given !== null && Object.keys(given).length === 0;
}

/** The client cannot send a stream of unknown length: those bytes are sent as a whole. */
function sendable(input: Record<string, unknown>): Record<string, unknown> {
  const entries = Object.entries(input).map(([name, member]): [string, unknown] => [
    name,
    member instanceof Readable && !("ContentLength" in input) ? Buffer.from(STREAMED) : member,
  ]);
  return Object.fromEntries(entries);
}

/** Leaves out what the client makes up from other members: the text of a time, an empty map of user metadata. */
function forServer(output: Record<string, unknown>): Record<string, unknown> {
  const { ExpiresString: _text, Metadata: metadata, ...rest } = output;
  const empty = typeof metadata === "object" && metadata !== null && Object.keys(metadata).length === 0;
  return empty ? rest : { ...rest, Metadata: metadata };
}

/** What the client adds to the input by itself: checksums, lengths, types. */
function withoutAdditions(decoded: object, sent: unknown): object {
  const added = /^(Checksum\w+|ContentMD5|ContentLength|ContentType)$/;
  return Object.fromEntries(Object.entries(decoded).filter(([name]) => !added.test(name) || name in (sent as object)));
}

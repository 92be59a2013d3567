import { errorTraits } from "./error-traits.ts";
import type { Codec, StaticErrorSchema, StaticOperationSchema } from "@smithy/types";
import { NormalizedSchema } from "@smithy/core/schema";
import { BugError } from "../../errors.ts";

/** The dialects of HTTP that AWS's services speak. */
export type ProtocolName =
  | "restJson1"
  | "restXml"
  | "awsJson1_0"
  | "awsJson1_1"
  | "awsQuery"
  | "ec2Query"
  | "rpcv2Cbor"
  | "awsCbor1_1";

/** One operation of a service, as the SDK's runtime schema describes it. */
export interface OperationModel {
  /** AWS's exact name, for example `GetAlias`. */
  readonly name: string;
  readonly input: NormalizedSchema;
  readonly output: NormalizedSchema;
  /** Method, path template with literal query, and status of success; only for REST protocols. */
  readonly http: { readonly method: string; readonly template: string; readonly status: number } | undefined;
}

/** All that the wire knows of a service: read off its SDK client, with nothing written by hand. */
export interface ServiceModel {
  /** The protocol that the SDK's client speaks. */
  readonly protocol: ProtocolName;
  /** The client's own codec with the client's own settings; Query protocols have none. */
  readonly codec: Codec<Uint8Array, Uint8Array> | undefined;
  /** The Smithy namespace, for example `com.amazonaws.lambda`. */
  readonly namespace: string;
  /** The API version, as Query requests carry it. */
  readonly version: string;
  readonly xmlNamespace: string;
  /** The part before the dot of `X-Amz-Target`, also used in RPC paths. */
  readonly target: string;
  /** Whether the service spoke Query before, so that the error codes of that time are sent as well. */
  readonly queryCompatible: boolean;
  readonly operations: ReadonlyMap<string, OperationModel>;
  /** Error schemas by shape name, and by the code that Query clients know. */
  readonly errors: ReadonlyMap<string, StaticErrorSchema>;
  /** The client's encoders and decoders, which codecs use. */
  readonly serdeContext: object;
}

interface ProtocolSettings {
  readonly defaultNamespace: string;
  readonly errorTypeRegistries?: readonly { readonly schemas: ReadonlyMap<string, unknown> }[];
  readonly version?: string;
  readonly xmlNamespace?: string;
  readonly serviceTarget?: string;
  readonly awsQueryCompatible?: boolean;
}

interface ClientConfiguration {
  readonly protocol: { getShapeId(): string; getPayloadCodec(): Codec<Uint8Array, Uint8Array> };
  readonly protocolSettings: ProtocolSettings;
}

/** Reads the model of a service off its SDK client's module (`import("@aws-sdk/client-…")`). */
export function readServiceModel(clientModule: object): ServiceModel {
  const configuration = clientConfiguration(clientModule);
  const { protocol, protocolSettings: settings } = configuration;
  const name = protocol.getShapeId().replace(/^.*#/, "") as ProtocolName;
  const codec = name === "awsQuery" || name === "ec2Query" ? undefined : protocol.getPayloadCodec();
  codec?.setSerdeContext(configuration as never);
  return {
    protocol: name,
    codec,
    namespace: settings.defaultNamespace,
    version: settings.version ?? "",
    xmlNamespace: settings.xmlNamespace ?? "",
    target: settings.serviceTarget ?? "",
    queryCompatible: settings.awsQueryCompatible ?? false,
    operations: readOperations(clientModule),
    errors: readErrors(settings),
    serdeContext: configuration,
  };
}

function clientConfiguration(clientModule: object): ClientConfiguration {
  const found = Object.entries(clientModule).find(([name]) => /^[A-Z]\w*Client$/.test(name));
  if (found === undefined) throw new BugError("SdkClientMissing", "The module exports no SDK client.");
  // Made only to read its configuration: it never sends anything.
  const Sdk = found[1] as new (configuration: object) => { config: ClientConfiguration };
  return new Sdk({ region: "us-east-1" }).config;
}

function readOperations(clientModule: object): Map<string, OperationModel> {
  const operations = new Map<string, OperationModel>();
  for (const [name, value] of Object.entries(clientModule)) {
    if (name.endsWith("$") && isOperation(value)) operations.set(value[2], readOperation(value));
  }
  return operations;
}

function isOperation(value: unknown): value is StaticOperationSchema {
  return Array.isArray(value) && value[0] === 9;
}

function readOperation(schema: StaticOperationSchema): OperationModel {
  const [, , name, , input, output] = schema;
  const traits = schema[3];
  const http = typeof traits === "object" ? traits.http : undefined;
  return {
    name,
    input: NormalizedSchema.of(input),
    output: NormalizedSchema.of(output),
    http: http && { method: http[0], template: http[1], status: http[2] },
  };
}

function readErrors(settings: ProtocolSettings): Map<string, StaticErrorSchema> {
  const errors = new Map<string, StaticErrorSchema>();
  for (const registry of settings.errorTypeRegistries ?? []) {
    for (const schema of registry.schemas.values()) {
      if (!isError(schema) || schema[1].startsWith("smithy.ts.sdk.synthetic")) continue;
      errors.set(schema[2], schema);
      const queryCode = errorTraits(schema).awsQueryError?.[0];
      if (queryCode !== undefined && !errors.has(queryCode)) errors.set(queryCode, schema);
    }
  }
  return errors;
}

function isError(value: unknown): value is StaticErrorSchema {
  return Array.isArray(value) && value[0] === -3;
}

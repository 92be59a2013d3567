import { Readable } from "node:stream";
import { NormalizedSchema } from "@smithy/core/schema";
import type { ShapeSerializer, StaticStructureSchema } from "@smithy/types";
import { FromStringShapeDeserializer, ToStringShapeSerializer } from "@smithy/core/protocols";
import { splitEvery, splitHeader } from "@smithy/core/serde";
import type { ShapedError } from "./error-shape.ts";
import { writeEventStream } from "./event-stream.ts";
import { readBindings, type Binding, type Bindings } from "./http-bindings.ts";
import type { ServerProtocol, WireCall } from "./protocol.ts";
import { RestRouter, type RestMatch } from "./rest-router.ts";
import type { OperationModel, ServiceModel } from "./service-model.ts";
import type { WireReply, WireRequest } from "./wire-message.ts";

/** Reads a document by its schema; throws AWS's refusal of one that cannot be read. */
export interface BodyReader {
  read(schema: NormalizedSchema | StaticStructureSchema, bytes: Uint8Array): Promise<unknown>;
}

/** What differs between the REST protocols, and what the schemas do not tell of a service. */
export interface RestDialect {
  readonly contentType: "application/json" | "application/xml";
  /** Query parameters and labels hold times in this format when the schema names none: 5 is ISO 8601, 7 seconds. */
  readonly timestampDefault: 5 | 7;
  bodyReader(model: ServiceModel): BodyReader;
  /** The body of a refusal, and the headers that name it. */
  writeError(
    model: ServiceModel,
    error: ShapedError,
    requestId: string,
  ): { body: Uint8Array | string; headers?: Record<string, string> };
  /** Headers that every answer carries besides the request id. */
  replyHeaders(requestId: string): Record<string, string>;
  /** The label by which hosts name the service, where they may name a resource before it. */
  readonly serviceWord?: string;
  /** Wraps or unwraps a document as the service does. */
  finishBody?(operation: OperationModel, body: Uint8Array | string): Uint8Array | string;
}

/** The server's side of restJson1 and restXml. */
export class RestProtocol implements ServerProtocol {
  readonly #router: RestRouter;
  readonly #dialect: RestDialect;
  readonly #model: ServiceModel;
  readonly #fromBody: BodyReader;
  readonly #toBody: ShapeSerializer;
  readonly #fromText: FromStringShapeDeserializer;
  readonly #toText: ToStringShapeSerializer;
  readonly #outputs = new Map<NormalizedSchema, Bindings>();

  constructor(model: ServiceModel, dialect: RestDialect) {
    const settings = {
      httpBindings: true,
      timestampFormat: { useTrait: true, default: dialect.timestampDefault },
    } as const;
    this.#model = model;
    this.#dialect = dialect;
    this.#router = new RestRouter(model.operations.values(), dialect.serviceWord);
    this.#fromBody = dialect.bodyReader(model);
    this.#toBody = model.codec!.createSerializer();
    this.#fromText = new FromStringShapeDeserializer(settings);
    this.#toText = new ToStringShapeSerializer(settings);
  }

  read(request: WireRequest): Promise<WireCall | string> {
    const match = this.#router.match(request);
    if (match === undefined) return Promise.resolve(`${request.method} ${request.path}`);
    const { operation } = match.route;
    return Promise.resolve({ operation, input: () => this.#readInput(match, request) });
  }

  async write(operation: OperationModel, output: Record<string, unknown>, requestId: string): Promise<WireReply> {
    const bindings = this.#bindingsOf(operation.output);
    const headers = { ...this.#dialect.replyHeaders(requestId), ...this.#writeHeaders(bindings, output) };
    const body = await this.#writeBody(operation, bindings, output, headers);
    return { status: replyStatus(operation, bindings, output, headers), headers, body };
  }

  writeError(error: ShapedError, requestId: string): WireReply {
    const headers = { ...this.#dialect.replyHeaders(requestId), "content-type": this.#dialect.contentType as string };
    if (error.schema !== undefined) {
      Object.assign(headers, this.#writeHeaders(this.#bindingsOf(NormalizedSchema.of(error.schema)), error.members));
    }
    const written = this.#dialect.writeError(this.#model, error, requestId);
    return {
      status: error.statusCode,
      headers: { ...headers, ...error.headers, ...written.headers },
      body: written.body,
    };
  }

  #bindingsOf(schema: NormalizedSchema): Bindings {
    let bindings = this.#outputs.get(schema);
    if (bindings === undefined) {
      bindings = readBindings(schema, "response");
      this.#outputs.set(schema, bindings);
    }
    return bindings;
  }

  async #readInput({ route, labels }: RestMatch, request: WireRequest): Promise<Record<string, unknown>> {
    const input: Record<string, unknown> = {};
    const { bindings } = route;
    if (bindings.body !== undefined) {
      const bytes = await request.bytes();
      if (bytes.byteLength > 0) Object.assign(input, await this.#fromBody.read(bindings.body, bytes));
    }
    const bound = new Set(bindings.all.filter(({ place }) => place === "query").map(({ wireName }) => wireName));
    for (const [name] of route.literals) bound.add(name);
    for (const binding of bindings.all) {
      const value = await this.#readMember(binding, request, labels, bound);
      if (value !== undefined) input[binding.member] = value;
    }
    return input;
  }

  #readMember(
    binding: Binding,
    request: WireRequest,
    labels: ReadonlyMap<string, string>,
    bound: ReadonlySet<string>,
  ): unknown {
    switch (binding.place) {
      case "label":
        return this.#fromText.read(binding.schema, labels.get(binding.member) ?? "");
      case "query":
        return this.#readQuery(binding, request.query);
      case "queryParams":
        return readOtherQueries(binding, request.query, bound);
      case "header":
        return this.#readHeader(binding, request.headers[binding.wireName]);
      case "prefixHeaders":
        return readPrefixHeaders(binding, request);
      case "payload":
        return this.#readPayload(binding, request);
      default:
        return undefined;
    }
  }

  #readQuery({ schema, element, wireName }: Binding, query: URLSearchParams): unknown {
    if (!query.has(wireName)) return undefined;
    if (element === undefined) return this.#fromText.read(schema, query.get(wireName)!);
    return query.getAll(wireName).map((value) => this.#fromText.read(element, value) as unknown);
  }

  #readHeader({ schema, element, wireName }: Binding, given: string | string[] | undefined): unknown {
    if (given === undefined) return undefined;
    const text = Array.isArray(given) ? given.join(", ") : given;
    // HTTP ignores a condition on a date that is not one (RFC 9110, section 13.1.3).
    if (wireName.startsWith("if-") && schema.isTimestampSchema() && Number.isNaN(Date.parse(text))) return undefined;
    if (element === undefined) return this.#fromText.read(schema, text);
    const sections = element.isTimestampSchema() ? splitEvery(text, ",", 2) : splitHeader(text);
    return sections.map((section) => this.#fromText.read(element, section.trim()) as unknown);
  }

  async #readPayload({ schema }: Binding, request: WireRequest): Promise<unknown> {
    if (schema.isStreaming() && !schema.isStructSchema()) return request.stream;
    const bytes = await request.bytes();
    if (bytes.byteLength === 0) return undefined;
    if (schema.isBlobSchema()) return bytes;
    if (schema.isStringSchema()) return Buffer.from(bytes).toString("utf8");
    return this.#fromBody.read(schema, bytes);
  }

  #writeHeaders(bindings: Bindings, output: Readonly<Record<string, unknown>>): Record<string, string> {
    const headers: Record<string, string> = {};
    for (const { member, place, schema, wireName } of bindings.all) {
      const value = output[member];
      if (value === undefined || value === null) continue;
      if (place === "header") {
        this.#toText.write(schema, value);
        headers[wireName] = this.#toText.flush();
      } else if (place === "prefixHeaders") {
        for (const [name, text] of Object.entries(value as Record<string, string>)) {
          headers[wireName + name.toLowerCase()] = text;
        }
      }
    }
    return headers;
  }

  async #writeBody(
    operation: OperationModel,
    bindings: Bindings,
    output: Record<string, unknown>,
    headers: Record<string, string>,
  ): Promise<WireReply["body"]> {
    if (bindings.payload === undefined) {
      if (bindings.body === undefined) return undefined;
      headers["content-type"] ??= this.#dialect.contentType;
      return this.#document(operation, bindings.body, output);
    }
    const { member, schema } = bindings.payload;
    const value = output[member];
    if (value === undefined || value === null) return undefined;
    if (schema.isStreaming() && schema.isStructSchema()) {
      headers["content-type"] ??= "application/vnd.amazon.eventstream";
      return writeEventStream(this.#model, operation.output, value as AsyncIterable<object>);
    }
    if (schema.isStreaming() || schema.isBlobSchema() || schema.isStringSchema()) {
      headers["content-type"] ??= schema.isStringSchema() ? "text/plain" : "application/octet-stream";
      return toBody(value);
    }
    headers["content-type"] ??= this.#dialect.contentType;
    return this.#document(operation, schema, value);
  }

  #document(operation: OperationModel, schema: unknown, value: unknown): Uint8Array | string {
    this.#toBody.write(schema as NormalizedSchema, value);
    const body = this.#toBody.flush();
    return this.#dialect.finishBody?.(operation, body) ?? body;
  }
}

function readOtherQueries(
  { element }: Binding,
  query: URLSearchParams,
  bound: ReadonlySet<string>,
): Record<string, string | string[]> | undefined {
  const names = [...new Set(query.keys())].filter((name) => !bound.has(name));
  if (names.length === 0) return undefined;
  const lists = element?.isListSchema() ?? false;
  return Object.fromEntries(names.map((name) => [name, lists ? query.getAll(name) : query.get(name)!]));
}

function readPrefixHeaders({ wireName }: Binding, { headers }: WireRequest): Record<string, string> | undefined {
  const found = Object.entries(headers).filter(([name]) => name.startsWith(wireName));
  if (found.length === 0) return undefined;
  return Object.fromEntries(found.map(([name, value]) => [name.slice(wireName.length), String(value)]));
}

function toBody(value: unknown): Uint8Array | string | Readable {
  if (typeof value === "string" || value instanceof Uint8Array || value instanceof Readable) return value;
  return Readable.from(value as AsyncIterable<Uint8Array>);
}

/** HTTP's own rule: an answer with a Content-Range is a part (206), where the schema only knows success. */
function replyStatus(
  operation: OperationModel,
  bindings: Bindings,
  output: Record<string, unknown>,
  headers: Record<string, string>,
): number {
  const bound = bindings.all.find(({ place }) => place === "status");
  if (bound !== undefined && typeof output[bound.member] === "number") return output[bound.member] as number;
  const status = operation.http?.status ?? 200;
  return status === 200 && headers["content-range"] !== undefined ? 206 : status;
}

import type { ShapeSerializer, Schema } from "@smithy/types";
import { errorBody, type ShapedError } from "./error-shape.ts";
import { writeEventStream } from "./event-stream.ts";
import { JsonReader } from "./json-reader.ts";
import type { ServerProtocol, WireCall } from "./protocol.ts";
import type { OperationModel, ServiceModel } from "./service-model.ts";
import type { WireReply, WireRequest } from "./wire-message.ts";

/** The server's side of awsJson 1.0 and 1.1: the operation is in `X-Amz-Target`. */
export class JsonRpcProtocol implements ServerProtocol {
  readonly #model: ServiceModel;
  readonly #contentType: string;
  readonly #reader: JsonReader;
  readonly #writer: ShapeSerializer;
  readonly #errorNamespaces: Readonly<Record<string, string>>;

  /** `errorNamespaces` is the part before the `#` of `__type`, by the error's name; `*` is for all others. */
  constructor(model: ServiceModel, version: "1.0" | "1.1", errorNamespaces: Readonly<Record<string, string>> = {}) {
    this.#model = model;
    this.#errorNamespaces = errorNamespaces;
    this.#contentType = `application/x-amz-json-${version}`;
    this.#reader = new JsonReader(model.codec!, false);
    this.#writer = model.codec!.createSerializer();
  }

  read(request: WireRequest): Promise<WireCall | string> {
    const target = String(request.headers["x-amz-target"]);
    const [prefix = "", name = target] = target.split(".");
    const operation = prefix === this.#model.target ? this.#model.operations.get(name) : undefined;
    return Promise.resolve(operation ? { operation, input: () => this.#readInput(operation, request) } : name);
  }

  async write(operation: OperationModel, output: Record<string, unknown>, requestId: string): Promise<WireReply> {
    const headers = { "x-amzn-requestid": requestId, "content-type": this.#contentType };
    const eventMember = operation.output.getEventStreamMember();
    if (eventMember !== "") {
      const { [eventMember]: events, ...initial } = output;
      const body = await writeEventStream(this.#model, operation.output, events as AsyncIterable<object>, { initial });
      return { status: 200, headers: { ...headers, "content-type": "application/vnd.amazon.eventstream" }, body };
    }
    if (operation.output.isUnitSchema()) return { status: 200, headers, body: "{}" };
    this.#writer.write(operation.output, output);
    return { status: 200, headers, body: this.#writer.flush() };
  }

  writeError(error: ShapedError, requestId: string): WireReply {
    const { names, schemas, values } = errorBody(error, "message");
    const writer = this.#model.codec!.createSerializer();
    const schema = [3, this.#model.namespace, error.code, 0, ["__type", ...names], [0, ...schemas]];
    const namespace = this.#errorNamespaces[error.code] ?? this.#errorNamespaces["*"];
    const type = namespace === undefined ? error.code : `${namespace}#${error.code}`;
    writer.write(schema as Schema, { __type: type, ...values });
    const headers: Record<string, string> = { "x-amzn-requestid": requestId, "content-type": this.#contentType };
    if (this.#model.queryCompatible) headers["x-amzn-query-error"] = `${error.queryCode};${error.fault}`;
    return { status: error.statusCode, headers, body: writer.flush() };
  }

  async #readInput(operation: OperationModel, request: WireRequest): Promise<Record<string, unknown>> {
    const bytes = await request.bytes();
    if (bytes.byteLength === 0 || operation.input.isUnitSchema()) return {};
    return (await this.#reader.read(operation.input, bytes)) as Record<string, unknown>;
  }
}

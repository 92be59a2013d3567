import type { Schema } from "@smithy/types";
import { errorBody, type ShapedError } from "./error-shape.ts";
import { writeEventStream } from "./event-stream.ts";
import { malformed } from "./malformed.ts";
import { MillisecondCborCodec } from "./millisecond-cbor.ts";
import type { ServerProtocol, WireCall } from "./protocol.ts";
import type { OperationModel, ServiceModel } from "./service-model.ts";
import type { WireReply, WireRequest } from "./wire-message.ts";

const CONTENT_TYPE = "application/x-amz-cbor-1.1";

/** The server's side of the CBOR that the SDK for Java speaks to Kinesis: as awsJson, with CBOR for its bodies. */
export class AwsCborProtocol implements ServerProtocol {
  readonly #model: ServiceModel;
  readonly #codec: MillisecondCborCodec;

  constructor(model: ServiceModel) {
    this.#model = model;
    this.#codec = new MillisecondCborCodec(model.serdeContext);
  }

  read(request: WireRequest): Promise<WireCall | string> {
    const target = String(request.headers["x-amz-target"]);
    const [prefix = "", name = target] = target.split(".");
    const operation = prefix === this.#model.target ? this.#model.operations.get(name) : undefined;
    return Promise.resolve(operation ? { operation, input: () => this.#readInput(operation, request) } : name);
  }

  async write(operation: OperationModel, output: Record<string, unknown>, requestId: string): Promise<WireReply> {
    const headers = { "x-amzn-requestid": requestId, "content-type": CONTENT_TYPE };
    const eventMember = operation.output.getEventStreamMember();
    if (eventMember !== "") {
      const { [eventMember]: events, ...initial } = output;
      const encoding = { codec: this.#codec, contentType: CONTENT_TYPE };
      const body = await writeEventStream(this.#model, operation.output, events as AsyncIterable<object>, {
        initial,
        encoding,
      });
      return { status: 200, headers: { ...headers, "content-type": "application/vnd.amazon.eventstream" }, body };
    }
    if (operation.output.isUnitSchema()) return { status: 200, headers };
    return { status: 200, headers, body: this.#encode(operation.output, output) };
  }

  writeError(error: ShapedError, requestId: string): WireReply {
    const { names, schemas, values } = errorBody(error, "message");
    const schema = [3, this.#model.namespace, error.code, 0, ["__type", ...names], [0, ...schemas]];
    const body = this.#encode(schema as Schema, { __type: error.code, ...values });
    return {
      status: error.statusCode,
      headers: { "x-amzn-requestid": requestId, "content-type": CONTENT_TYPE },
      body,
    };
  }

  #encode(schema: Schema | OperationModel["output"], value: unknown): Uint8Array {
    const serializer = this.#codec.createSerializer();
    serializer.write(schema, value);
    return serializer.flush();
  }

  async #readInput(operation: OperationModel, request: WireRequest): Promise<Record<string, unknown>> {
    const bytes = await request.bytes();
    if (bytes.byteLength === 0 || operation.input.isUnitSchema()) return {};
    try {
      const reader = this.#codec.createDeserializer();
      return (await reader.read(operation.input, bytes)) as Record<string, unknown>;
    } catch (cause) {
      throw malformed(cause);
    }
  }
}

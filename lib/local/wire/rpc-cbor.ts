import { CborCodec } from "@smithy/core/cbor";
import type { Schema, ShapeDeserializer, ShapeSerializer } from "@smithy/types";
import { errorBody, type ShapedError } from "./error-shape.ts";
import { malformed } from "./malformed.ts";
import type { ServerProtocol, WireCall } from "./protocol.ts";
import type { OperationModel, ServiceModel } from "./service-model.ts";
import type { WireReply, WireRequest } from "./wire-message.ts";

/** The server's side of Smithy's RPC v2 CBOR: the operation is in the path. */
export class CborRpcProtocol implements ServerProtocol {
  readonly #model: ServiceModel;
  readonly #codec = new CborCodec();
  readonly #reader: ShapeDeserializer;
  readonly #writer: ShapeSerializer;

  constructor(model: ServiceModel) {
    this.#model = model;
    this.#codec.setSerdeContext(model.serdeContext as never);
    this.#reader = this.#codec.createDeserializer();
    this.#writer = this.#codec.createSerializer();
  }

  read(request: WireRequest): Promise<WireCall | string> {
    const name = /\/operation\/([^/]+)\/?$/.exec(request.path)?.[1] ?? request.path;
    const operation = this.#model.operations.get(name);
    return Promise.resolve(operation ? { operation, input: () => this.#readInput(operation, request) } : name);
  }

  write(operation: OperationModel, output: Record<string, unknown>, requestId: string): Promise<WireReply> {
    const headers = cborHeaders(requestId);
    if (operation.output.isUnitSchema()) return Promise.resolve({ status: 200, headers });
    this.#writer.write(operation.output, output);
    return Promise.resolve({ status: 200, headers, body: this.#writer.flush() });
  }

  writeError(error: ShapedError, requestId: string): WireReply {
    const { names, schemas, values } = errorBody(error, "message");
    const schema = [3, this.#model.namespace, error.code, 0, ["__type", ...names], [0, ...schemas]];
    this.#writer.write(schema as Schema, { __type: `${this.#model.namespace}#${error.code}`, ...values });
    const headers = cborHeaders(requestId);
    if (this.#model.queryCompatible) headers["x-amzn-query-error"] = `${error.queryCode};${error.fault}`;
    return { status: error.statusCode, headers, body: this.#writer.flush() };
  }

  async #readInput(operation: OperationModel, request: WireRequest): Promise<Record<string, unknown>> {
    const bytes = await request.bytes();
    if (bytes.byteLength === 0 || operation.input.isUnitSchema()) return {};
    try {
      return (await this.#reader.read(operation.input, bytes)) as Record<string, unknown>;
    } catch (cause) {
      throw malformed(cause);
    }
  }
}

function cborHeaders(requestId: string): Record<string, string> {
  return { "x-amzn-requestid": requestId, "content-type": "application/cbor", "smithy-protocol": "rpc-v2-cbor" };
}

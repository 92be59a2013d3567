import { XmlCodec } from "@aws-sdk/core/protocols";
import type { $SchemaRef, StaticStructureSchema } from "@smithy/types";
import { errorBody, type ShapedError } from "./error-shape.ts";
import { FormDecoder } from "./form-decoder.ts";
import { buildFormTree } from "./form-tree.ts";
import type { ServerProtocol, WireCall } from "./protocol.ts";
import type { OperationModel, ServiceModel } from "./service-model.ts";
import type { WireReply, WireRequest } from "./wire-message.ts";

/** The server's side of awsQuery and ec2Query: form fields in, an XML envelope out. */
export class QueryProtocol implements ServerProtocol {
  readonly #model: ServiceModel;
  readonly #ec2: boolean;
  readonly #decoder: FormDecoder;
  readonly #codec: XmlCodec;

  constructor(model: ServiceModel, flavour: "awsQuery" | "ec2Query") {
    this.#model = model;
    this.#ec2 = flavour === "ec2Query";
    this.#decoder = new FormDecoder(flavour);
    this.#codec = new XmlCodec({
      timestampFormat: { useTrait: true, default: 5 },
      httpBindings: false,
      xmlNamespace: model.xmlNamespace,
      serviceNamespace: model.namespace,
    });
  }

  async read(request: WireRequest): Promise<WireCall | string> {
    const body = Buffer.from(await request.bytes()).toString("utf8");
    const fields = [...request.query, ...new URLSearchParams(body)];
    const action = fields.find(([name]) => name === "Action")?.[1] ?? "";
    const operation = this.#model.operations.get(action);
    if (operation === undefined) return action;
    const read = () => this.#decoder.read(operation.input, buildFormTree(fields)) ?? {};
    return { operation, input: () => Promise.resolve(read() as Record<string, unknown>) };
  }

  write(operation: OperationModel, output: Record<string, unknown>, requestId: string): Promise<WireReply> {
    const body = this.#ec2
      ? this.#writeFlat(operation, output, requestId)
      : this.#writeNested(operation, output, requestId);
    return Promise.resolve({ status: 200, headers: xmlHeaders(requestId), body });
  }

  writeError(error: ShapedError, requestId: string): WireReply {
    const { names, schemas, values } = errorBody(error, "Message");
    const own = names.map((name) => (name === "message" ? "Message" : name));
    const renamed = { ...values, Message: values["message"] ?? values["Message"] ?? error.message };
    const content = this.#structure("Error", ["Type", "Code", ...own], [0, 0, ...schemas]);
    const fields = { ...renamed, Type: error.fault, Code: error.queryCode };
    const body = this.#ec2
      ? this.#document(
          "Response",
          ["Errors", "RequestID"],
          [() => this.#structure("Errors", ["Error"], [() => content]), 0],
          {
            Errors: { Error: fields },
            RequestID: requestId,
          },
        )
      : this.#document("ErrorResponse", ["Error", "RequestId"], [() => content, 0], {
          Error: fields,
          RequestId: requestId,
        });
    return { status: error.statusCode, headers: xmlHeaders(requestId), body };
  }

  /** `<XResponse><XResult>…</XResult><ResponseMetadata><RequestId/></ResponseMetadata></XResponse>` */
  #writeNested({ name, output: schema }: OperationModel, output: Record<string, unknown>, requestId: string): string {
    const metadata = () => this.#structure("ResponseMetadata", ["RequestId"], [0]);
    const values = { [`${name}Result`]: output, ResponseMetadata: { RequestId: requestId } };
    return schema.isUnitSchema()
      ? this.#document(`${name}Response`, ["ResponseMetadata"], [metadata], values)
      : this.#document(
          `${name}Response`,
          [`${name}Result`, "ResponseMetadata"],
          [() => schema.getSchema(), metadata],
          values,
        );
  }

  #writeFlat({ name, output: schema }: OperationModel, output: Record<string, unknown>, requestId: string): string {
    const members = schema.isUnitSchema() ? [] : [...schema.structIterator()];
    return this.#document(
      `${name}Response`,
      ["requestId", ...members.map(([member]) => member)],
      [0, ...members.map(([, member]) => member as $SchemaRef)],
      { ...output, requestId },
    );
  }

  #document(name: string, names: string[], schemas: $SchemaRef[], values: Record<string, unknown>): string {
    const serializer = this.#codec.createSerializer();
    serializer.write(this.#structure(name, names, schemas), values);
    return `<?xml version="1.0" encoding="UTF-8"?>\n${String(serializer.flush())}`;
  }

  #structure(name: string, names: string[], schemas: $SchemaRef[]): StaticStructureSchema {
    return [3, this.#model.namespace, name, 0, names, schemas];
  }
}

function xmlHeaders(requestId: string): Record<string, string> {
  return { "x-amzn-requestid": requestId, "content-type": "text/xml" };
}

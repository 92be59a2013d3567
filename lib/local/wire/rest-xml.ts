import type { $SchemaRef, Schema } from "@smithy/types";
import { errorBody, type ShapedError } from "./error-shape.ts";
import { malformedXml } from "./malformed.ts";
import type { BodyReader, RestDialect } from "./rest-protocol.ts";
import type { OperationModel, ServiceModel } from "./service-model.ts";

/** What the schemas leave out about a service's XML. */
export interface XmlQuirks {
  /** The error element is the document itself, without an `ErrorResponse` around it. */
  readonly bareErrors?: boolean;
  /** The label by which hosts name the service, where they may name a resource before it, as in `x.<word>.localhost`. */
  readonly serviceWord?: string;
  /** Operations whose only member is the document itself. */
  readonly unwrappedOutputs?: readonly string[];
}

const PROLOGUE = '<?xml version="1.0" encoding="UTF-8"?>\n';

/** restXml: XML bodies; errors as a document. */
export function restXml(quirks: XmlQuirks = {}): RestDialect {
  return {
    contentType: "application/xml",
    timestampDefault: 5,
    ...(quirks.serviceWord === undefined ? {} : { serviceWord: quirks.serviceWord }),
    bodyReader: xmlReader,
    writeError: (model, error, requestId) => ({ body: PROLOGUE + writeXmlError(model, error, requestId, quirks) }),
    replyHeaders: (requestId) => ({ "x-amzn-requestid": requestId, "x-amz-request-id": requestId }),
    finishBody: (operation, body) => PROLOGUE + unwrap(operation, String(body), quirks),
  };
}

function xmlReader(model: ServiceModel): BodyReader {
  const reader = model.codec!.createDeserializer();
  return {
    async read(schema, bytes) {
      try {
        return await reader.read(schema, bytes);
      } catch (cause) {
        throw malformedXml(cause);
      }
    },
  };
}

function writeXmlError(model: ServiceModel, error: ShapedError, requestId: string, quirks: XmlQuirks): string {
  const content = errorBody(error, "Message");
  const extra = Object.entries(error.members).filter(
    ([name, value]) => !content.names.includes(name) && typeof value === "string",
  );
  const names = ["Code", ...content.names, ...extra.map(([name]) => name)];
  const schemas: $SchemaRef[] = [0, ...content.schemas, ...extra.map((): $SchemaRef => 0)];
  const values = { ...content.values, ...Object.fromEntries(extra), Code: error.code };
  const serializer = model.codec!.createSerializer();
  if (quirks.bareErrors) {
    const bare = [3, model.namespace, "Error", 0, [...names, "RequestId"], [...schemas, 0]];
    serializer.write(bare as Schema, { ...values, RequestId: requestId });
    return String(serializer.flush()).replace(/ xmlns="[^"]*"/, "");
  }
  const inner = [3, model.namespace, "Error", 0, ["Type", ...names], [0, ...schemas]];
  const outer = [3, model.namespace, "ErrorResponse", 0, ["Error", "RequestId"], [() => inner, 0]];
  serializer.write(outer as Schema, { Error: { ...values, Type: error.fault }, RequestId: requestId });
  return String(serializer.flush());
}

/** `<XOutput xmlns="…"><Y>v</Y></XOutput>` becomes `<Y xmlns="…">v</Y>`. */
function unwrap(operation: OperationModel, document: string, quirks: XmlQuirks): string {
  if (!quirks.unwrappedOutputs?.includes(operation.name)) return document;
  const [, namespace = "", inner = ""] = /^<\w+( xmlns="[^"]*")?>(.*)<\/\w+>$/s.exec(document) ?? [];
  const name = [...operation.output.structIterator()][0]![0];
  return inner === "" ? `<${name}${namespace}/>` : inner.replace(`<${name}`, `<${name}${namespace}`);
}

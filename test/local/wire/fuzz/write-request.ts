import type { NormalizedSchema } from "@smithy/core/schema";
import { cbor } from "@smithy/core/cbor";
import { readBindings, type Binding } from "../../../../lib/local/wire/http-bindings.ts";
import type { OperationModel, ProtocolName, ServiceModel } from "../../../../lib/local/wire/service-model.ts";

/** A request as it goes over the wire. */
export interface FuzzRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

type Document = Readonly<Record<string, unknown>>;

/** Writes a document as a request of the operation. The document may break the schema; it is sent as it is. */
export function writeRequest(
  model: ServiceModel,
  operation: OperationModel,
  protocol: ProtocolName,
  document: unknown,
): FuzzRequest {
  switch (protocol) {
    case "restJson1":
    case "restXml":
      return writeRest(operation, protocol, isDocument(document) ? document : {});
    case "awsQuery":
    case "ec2Query":
      return writeForm(model, operation, document);
    case "rpcv2Cbor":
      return {
        method: "POST",
        path: `/service/${model.target}/operation/${operation.name}`,
        headers: { "smithy-protocol": "rpc-v2-cbor", "content-type": "application/cbor" },
        body: cbor.serialize(document),
      };
    case "awsCbor1_1":
      return writeTargeted(model, operation, "application/x-amz-cbor-1.1", cbor.serialize(document));
    default:
      return writeTargeted(
        model,
        operation,
        `application/x-amz-json-${protocol === "awsJson1_0" ? "1.0" : "1.1"}`,
        JSON.stringify(document),
      );
  }
}

function writeTargeted(
  model: ServiceModel,
  operation: OperationModel,
  contentType: string,
  body: string | Uint8Array,
): FuzzRequest {
  const headers = { "x-amz-target": `${model.target}.${operation.name}`, "content-type": contentType };
  return { method: "POST", path: "/", headers, body };
}

function writeForm(model: ServiceModel, operation: OperationModel, document: unknown): FuzzRequest {
  const form = new URLSearchParams({ Action: operation.name, Version: model.version });
  appendFields(form, "", document);
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  return { method: "POST", path: "/", headers, body: form.toString() };
}

function appendFields(form: URLSearchParams, prefix: string, value: unknown): void {
  if (value === null || value === undefined) return;
  if (Array.isArray(value)) {
    for (const [index, each] of value.entries()) appendFields(form, `${prefix}.member.${index + 1}`, each);
  } else if (isDocument(value)) {
    for (const [name, each] of Object.entries(value))
      appendFields(form, prefix === "" ? name : `${prefix}.${name}`, each);
  } else if (prefix !== "") form.append(prefix, asText(value));
}

function writeRest(operation: OperationModel, protocol: "restJson1" | "restXml", document: Document): FuzzRequest {
  const { method, template } = operation.http ?? { method: "POST", template: "/" };
  const [pathTemplate = "/", literals = ""] = template.split("?");
  const bindings = readBindings(operation.input, "request");
  const query = new URLSearchParams(literals);
  const headers: Record<string, string> = {};
  const labels = new Map<string, string>();
  const inBody: Record<string, unknown> = {};
  let payload: unknown;
  for (const binding of bindings.all) {
    const value = document[binding.member];
    if (binding.place === "label") labels.set(binding.member, asText(value ?? "fuzz"));
    else if (value === undefined) continue;
    else if (binding.place === "query") appendQuery(query, binding.wireName, value);
    else if (binding.place === "header" && binding.wireName !== "content-length")
      headers[binding.wireName] = asHeader(value);
    else if (binding.place === "payload") payload = writePayload(binding, protocol, value, headers);
    else if (binding.place === "body") inBody[binding.member] = value;
  }
  let path = pathTemplate.replace(/\{([^}+]+)\+?\}/g, (_match, name: string) => {
    const text = labels.get(name) ?? "fuzz";
    labels.delete(name);
    return encodeURIComponent(text);
  });
  // S3 leaves the bucket's label out of its templates: it comes first.
  for (const text of labels.values()) path = `/${encodeURIComponent(text)}${path}`;
  const search = query.toString();
  const body = payload ?? (bindings.body === undefined ? "" : writeBody(operation.input, protocol, inBody));
  return {
    method,
    path: search === "" ? path : `${path}?${search}`,
    headers,
    body: method === "GET" || method === "HEAD" ? "" : (body as string | Uint8Array),
  };
}

function appendQuery(query: URLSearchParams, name: string, value: unknown): void {
  for (const each of Array.isArray(value) ? (value as unknown[]) : [value]) query.append(name, asText(each));
}

function writePayload(
  { schema }: Binding,
  protocol: "restJson1" | "restXml",
  value: unknown,
  headers: Record<string, string>,
): string | Uint8Array {
  if (schema.isBlobSchema() || schema.isStringSchema()) return asText(value);
  headers["content-type"] = protocol === "restXml" ? "application/xml" : "application/json";
  return writeBody(schema, protocol, value);
}

function writeBody(schema: NormalizedSchema, protocol: "restJson1" | "restXml", value: unknown): string {
  if (protocol === "restJson1") return JSON.stringify(value);
  const traits = schema.getMergedTraits() as { xmlName?: string };
  return writeXml(traits.xmlName ?? schema.getName() ?? "Document", schema, value);
}

function writeXml(tag: string, schema: NormalizedSchema | undefined, value: unknown): string {
  if (value === null || value === undefined) return `<${tag}/>`;
  if (Array.isArray(value)) {
    const isList = schema?.isListSchema() ?? false;
    const element = isList ? schema?.getValueSchema() : undefined;
    const isFlat = schema?.getMergedTraits().xmlFlattened === 1;
    const name = isFlat ? tag : (element?.getMergedTraits().xmlName ?? "member");
    const items = (value as unknown[]).map((each) => writeXml(name, element, each)).join("");
    return isFlat ? items : `<${tag}>${items}</${tag}>`;
  }
  if (isDocument(value)) {
    const members = new Map(schema?.isStructSchema() ? [...schema.structIterator()] : []);
    const inner = Object.entries(value).map(([name, each]) => {
      const member = members.get(name);
      return writeXml(member?.getMergedTraits().xmlName ?? (/^[\w.-]+$/.test(name) ? name : "odd"), member, each);
    });
    return `<${tag}>${inner.join("")}</${tag}>`;
  }
  return `<${tag}>${asText(value).replace(/[&<>]/g, "")}</${tag}>`;
}

function isDocument(value: unknown): value is Document {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function asText(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}

/** Headers carry no controls and nothing beyond Latin 1. */
function asHeader(value: unknown): string {
  return asText(value)
    .replace(/[^\x20-\x7e]/g, "?")
    .trim();
}

import type { Schema } from "@smithy/types";
import { errorBody, type ShapedError } from "./error-shape.ts";
import { JsonReader } from "./json-reader.ts";
import type { RestDialect } from "./rest-protocol.ts";
import type { ServiceModel } from "./service-model.ts";

/** restJson1: JSON bodies, the error's name in a header. */
export const REST_JSON: RestDialect = {
  contentType: "application/json",
  timestampDefault: 7,
  bodyReader: (model) => new JsonReader(model.codec!, true),
  writeError: writeJsonError,
  replyHeaders: (requestId) => ({ "x-amzn-requestid": requestId }),
};

function writeJsonError(model: ServiceModel, error: ShapedError): ReturnType<RestDialect["writeError"]> {
  const { names, schemas, values } = errorBody(error, "message");
  const serializer = model.codec!.createSerializer();
  serializer.write([3, model.namespace, error.code, 0, names, schemas] as Schema, values);
  return { body: serializer.flush(), headers: { "x-amzn-errortype": error.code } };
}

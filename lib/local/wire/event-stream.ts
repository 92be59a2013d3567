import type { Readable } from "node:stream";
import { EventStreamSerde, eventStreamSerdeProvider } from "@smithy/core/event-streams";
import type { NormalizedSchema } from "@smithy/core/schema";
import { fromUtf8, toUtf8 } from "@smithy/core/serde";
import type { ServiceModel } from "./service-model.ts";

const CONTENT_TYPES: Record<string, string> = {
  restXml: "application/xml",
  rpcv2Cbor: "application/cbor",
};

/** Encodes events as they come into AWS's binary event stream. `initial` goes first where the protocol is an RPC. */
export async function writeEventStream(
  model: ServiceModel,
  output: NormalizedSchema,
  events: AsyncIterable<object>,
  initial?: Record<string, unknown>,
): Promise<Readable> {
  const serde = new EventStreamSerde({
    marshaller: eventStreamSerdeProvider({ utf8Encoder: toUtf8, utf8Decoder: fromUtf8 }),
    serializer: model.codec!.createSerializer(),
    deserializer: model.codec!.createDeserializer(),
    serdeContext: model.serdeContext as never,
    defaultContentType: CONTENT_TYPES[model.protocol] ?? "application/json",
  });
  const stream = await serde.serializeEventStream({
    eventStream: events as never,
    requestSchema: output,
    initialRequest: initial as never,
    initialMessageType: "initial-response",
  });
  return stream;
}

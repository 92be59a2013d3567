import type { Readable } from "node:stream";
import { EventStreamSerde, eventStreamSerdeProvider } from "@smithy/core/event-streams";
import type { NormalizedSchema } from "@smithy/core/schema";
import { fromUtf8, toUtf8 } from "@smithy/core/serde";
import type { Codec } from "@smithy/types";
import type { ServiceModel } from "./service-model.ts";

const CONTENT_TYPES: Record<string, string> = {
  restXml: "application/xml",
  rpcv2Cbor: "application/cbor",
};

/** What goes into an event stream beside its events. */
export interface EventStreamOptions {
  /** Goes first where the protocol is an RPC. */
  readonly initial?: Record<string, unknown>;
  /** How events are written where that is not the client's own way. */
  readonly encoding?: { readonly codec: Codec<Uint8Array, Uint8Array>; readonly contentType: string };
}

/** Encodes events as they come into AWS's binary event stream. */
export async function writeEventStream(
  model: ServiceModel,
  output: NormalizedSchema,
  events: AsyncIterable<object>,
  { initial, encoding }: EventStreamOptions = {},
): Promise<Readable> {
  const codec = encoding?.codec ?? model.codec!;
  const serde = new EventStreamSerde({
    marshaller: eventStreamSerdeProvider({ utf8Encoder: toUtf8, utf8Decoder: fromUtf8 }),
    serializer: codec.createSerializer(),
    deserializer: codec.createDeserializer(),
    serdeContext: model.serdeContext as never,
    defaultContentType: encoding?.contentType ?? CONTENT_TYPES[model.protocol] ?? "application/json",
  });
  const stream = await serde.serializeEventStream({
    eventStream: events as never,
    requestSchema: output,
    initialRequest: initial as never,
    initialMessageType: "initial-response",
  });
  return stream;
}

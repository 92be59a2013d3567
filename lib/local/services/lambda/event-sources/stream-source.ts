import type { StreamSource } from "./stream-types.ts";
import { dataStreamSource } from "./data-stream-source.ts";
import type { Lambda } from "../context.ts";
import type { MappingRecord } from "../records.ts";
import { tableStreamSource } from "./table-stream-source.ts";

/** What reads the mapping's stream: a Kinesis stream or a table's stream. */
export function openStreamSource(lambda: Lambda, mapping: MappingRecord): StreamSource {
  return isDataStreamArn(mapping.source) ? dataStreamSource(lambda, mapping) : tableStreamSource(lambda, mapping);
}

/** Whether an ARN is that of a Kinesis stream or of its consumer. */
export function isDataStreamArn(arn: string): boolean {
  return /^arn:aws[a-z-]*:kinesis:[a-z0-9-]+:\d{12}:stream\/[\w.-]+(\/consumer\/[\w.-]+(:\d+)?)?$/.test(arn);
}

import { AwsError } from "../../aws-error.ts";

/** The position at which a reader continues, and when the iterator was issued. */
export interface ShardIterator {
  readonly streamArn: string;
  /** The first sequence that has not been read. */
  readonly sequence: number;
  readonly issuedMs: number;
}

/** How long an iterator can be used: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_GetShardIterator.html */
const ITERATOR_MS = 15 * 60 * 1000;

/** The iterator's text: it says everything, so that nothing has to be kept. */
export function formatIterator({ streamArn, sequence, issuedMs }: ShardIterator): string {
  return `${streamArn}|1|${Buffer.from(JSON.stringify([sequence, issuedMs])).toString("base64")}`;
}

/** Reads an iterator's text. Refuses an invalid and an expired iterator. */
export function readIterator(text: string, nowMs: number): ShardIterator {
  const iterator = tryRead(text);
  if (!iterator) throw new AwsError("ValidationException", "Invalid ShardIterator");
  if (iterator.issuedMs + ITERATOR_MS <= nowMs)
    throw new AwsError("ExpiredIteratorException", "Shard iterator is expired, please get a new one.");
  return iterator;
}

function tryRead(text: string): ShardIterator | undefined {
  const [streamArn, version, encoded] = text.split("|");
  if (!streamArn || version !== "1" || !encoded) return undefined;
  try {
    const [sequence, issuedMs] = JSON.parse(Buffer.from(encoded, "base64").toString()) as unknown[];
    if (!Number.isSafeInteger(sequence) || !Number.isSafeInteger(issuedMs)) return undefined;
    return { streamArn, sequence: sequence as number, issuedMs: issuedMs as number };
  } catch {
    return undefined;
  }
}

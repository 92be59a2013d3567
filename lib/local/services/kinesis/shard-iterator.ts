import { AwsError } from "../../aws-error.ts";
import { invalidArgument } from "./errors.ts";

/** The position at which a reader continues, and when the iterator was issued. */
export interface ShardIterator {
  readonly region: string;
  readonly stream: string;
  /** Of the stream's own: another of the same name does not know it. */
  readonly streamId: string;
  readonly shard: number;
  /** The first record's number that has not been read. */
  readonly number: number;
  readonly issuedMs: number;
}

/** https://docs.aws.amazon.com/kinesis/latest/APIReference/API_GetShardIterator.html */
const ITERATOR_MS = 5 * 60 * 1000;

/** The iterator's text says everything, so that nothing has to be kept. */
export function formatIterator({ region, stream, streamId, shard, number, issuedMs }: ShardIterator): string {
  return Buffer.from(JSON.stringify([region, stream, streamId, shard, number, issuedMs])).toString("base64");
}

/** Reads an iterator's text. Refuses an invalid and an expired iterator. */
export function readIterator(text: string, nowMs: number): ShardIterator {
  const iterator = tryRead(text);
  if (iterator === undefined) throw invalidArgument("Invalid ShardIterator.");
  if (iterator.issuedMs + ITERATOR_MS < nowMs)
    throw new AwsError(
      "ExpiredIteratorException",
      `Iterator expired. The iterator was created at time ${timeText(iterator.issuedMs)} while right now it is ` +
        `${timeText(nowMs)} which is further in the future than the tolerated delay of ${ITERATOR_MS} milliseconds.`,
    );
  return iterator;
}

/** The ARN of the stream that an iterator reads; undefined for an invalid iterator. */
export function streamOfIterator(text: string, account: string): string | undefined {
  const iterator = tryRead(text);
  return iterator && `arn:aws:kinesis:${iterator.region}:${account}:stream/${iterator.stream}`;
}

/** As AWS writes it: `Sat Nov 21 07:09:02 UTC 2026`. */
export function timeText(atMs: number): string {
  const [, day, date, month, year, time] = /^(\w+), (\d+) (\w+) (\d+) ([\d:]+)/.exec(new Date(atMs).toUTCString())!;
  return `${day} ${month} ${date} ${time} UTC ${year}`;
}

function tryRead(text: string): ShardIterator | undefined {
  try {
    const fields = JSON.parse(Buffer.from(text, "base64").toString()) as unknown;
    if (!Array.isArray(fields) || fields.length !== 6) return undefined;
    const [region, stream, streamId, shard, number, issuedMs] = fields as unknown[];
    if ([region, stream, streamId].some((each) => typeof each !== "string")) return undefined;
    if ([shard, number, issuedMs].some((each) => !Number.isSafeInteger(each))) return undefined;
    return { region, stream, streamId, shard, number, issuedMs } as ShardIterator;
  } catch {
    return undefined;
  }
}

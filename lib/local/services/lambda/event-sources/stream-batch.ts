import type { StreamItem, StreamSource } from "./stream-types.ts";
import { randomUUID } from "node:crypto";
import { matchesPattern } from "../../../../util/event-pattern/event-pattern.ts";
import { isAwsError } from "../../../aws-error.ts";
import type { InvocationResult } from "../../../runtime/function-spec.ts";
import { readBatchFailures } from "./batch-response.ts";
import { findTarget } from "../invoke/invoke-target.ts";
import { run } from "../invoke/invoke.ts";
import type { Lambda } from "../context.ts";
import { readFunctionRef } from "../functions/names.ts";
import { noteResult } from "./mapping-role.ts";
import { batchRecordKey, isBucketArn } from "../record-keys.ts";
import type { MappingRecord } from "../records.ts";
import type { StreamProgress } from "./stream-progress.ts";
import { readWindowState, windowMembers, type TumblingWindow } from "./tumbling-window.ts";

const FIRST_BACKOFF_MS = 500;
const LONGEST_BACKOFF_MS = 60_000;

type VersionedResult = InvocationResult & { readonly executedVersion: string };

/** What is left to do after a call, and how it went. */
interface Tried {
  readonly left: readonly StreamItem[];
  readonly isFailed: boolean;
  readonly result?: VersionedResult;
}

/** Where a batch comes from, and what keeps how far it got. */
export interface BatchOrigin {
  readonly source: StreamSource;
  readonly shardId: string;
  readonly signal: AbortSignal;
  readonly progress: StreamProgress;
  readonly window: TumblingWindow;
}

/** Records on their way to the function: filtered, retried until they are processed or discarded. */
export class StreamBatch {
  readonly #lambda: Lambda;
  readonly #mapping: MappingRecord;
  readonly #origin: BatchOrigin;
  readonly #items: readonly StreamItem[];

  constructor(lambda: Lambda, mapping: MappingRecord, origin: BatchOrigin, items: readonly StreamItem[]) {
    this.#lambda = lambda;
    this.#mapping = mapping;
    this.#origin = origin;
    this.#items = items;
  }

  /** Resolves when every record is processed or discarded, and records the shard's progress. */
  async deliver(): Promise<void> {
    const { true: wanted = [], false: unwanted = [] } = Object.groupBy(this.#items, (item) =>
      this.#passesFilters(item) ? "true" : "false",
    );
    this.#origin.progress.finished(unwanted);
    const tooOld = wanted.findLastIndex((item) => this.#isTooOld(item)) + 1;
    if (tooOld > 0) this.#giveUp(wanted.slice(0, tooOld), 0, undefined);
    await this.#deliverAll(wanted.slice(tooOld));
  }

  /** Reports the end of the window to the function. */
  async closeWindow(isEarly: boolean): Promise<void> {
    const { signal, window } = this.#origin;
    for (let attempts = 1; !signal.aborted; attempts++) {
      const { isFailed } = await this.#try([], { isFinal: true, isEarly });
      const { MaximumRetryAttempts: retries = -1 } = this.#mapping.settings;
      if (!isFailed || (retries >= 0 && attempts > retries)) break;
      await this.#backOff(attempts);
    }
    if (!signal.aborted) window.close();
  }

  #passesFilters({ filtered }: StreamItem): boolean {
    const filters = this.#mapping.settings.FilterCriteria?.Filters ?? [];
    if (filters.length === 0) return true;
    const event = JSON.parse(JSON.stringify(filtered)) as unknown;
    return filters.some(({ Pattern = "{}" }) => matchesPattern(Pattern, event));
  }

  async #deliverAll(items: readonly StreamItem[]): Promise<void> {
    const { signal, progress } = this.#origin;
    let rest = items;
    for (let attempts = 1; rest.length > 0 && !signal.aborted; attempts++) {
      const { left, result } = await this.#try(rest, { isFinal: false, isEarly: false });
      if (signal.aborted) return;
      progress.finished(rest.slice(0, rest.length - left.length));
      if (left.length === 0) return;
      // What came through counts: only what is left is retried, with all its attempts.
      if (left.length < rest.length) attempts = 1;
      rest = left;
      if (this.#isGivenUp(rest, attempts)) return this.#giveUp(rest, attempts, result);
      const isFailed = result?.errorType !== undefined;
      if (this.#mapping.settings.BisectBatchOnFunctionError === true && rest.length > 1 && isFailed) {
        const half = Math.ceil(rest.length / 2);
        await this.#deliverAll(rest.slice(0, half));
        rest = rest.slice(half);
        attempts = 0;
      }
      await this.#backOff(attempts);
    }
  }

  /** Calls the function once. Leaves nothing, everything, or what comes from the first failure on. */
  async #try(items: readonly StreamItem[], ending: { isFinal: boolean; isEarly: boolean }): Promise<Tried> {
    const { functionName, region } = this.#mapping;
    const requestId = randomUUID();
    try {
      const ref = readFunctionRef(functionName, undefined, { region, account: this.#lambda.cloud.account, requestId });
      const target = findTarget(this.#lambda, ref);
      const last = items.at(-1);
      if (last !== undefined) this.#lambda.metrics.read(target, this.#lambda.cloud.clock.now() - last.arrivedMs);
      const ran = await run(this.#lambda, target, this.#payload(items, ending), { requestId });
      const result = { ...ran, executedVersion: target.version.version };
      const tried = { ...this.#read(items, result, ending.isFinal), result };
      this.#note(tried.isFailed ? "PROBLEM: Function call failed" : "OK");
      return tried;
    } catch (error) {
      if (!isAwsError(error)) throw error;
      this.#note(`PROBLEM: ${error.message}`);
      return { left: items, isFailed: true };
    }
  }

  #payload(items: readonly StreamItem[], ending: { isFinal: boolean; isEarly: boolean }): Buffer {
    const { window, shardId } = this.#origin;
    const { open } = window;
    const eventSourceARN = this.#mapping.source;
    return Buffer.from(
      JSON.stringify({
        Records: items.map(({ event }) => event),
        ...(open !== undefined && windowMembers(open, { shardId, eventSourceARN, ...ending })),
      }),
    );
  }

  /** The outcome of an answer; a window's state is passed to the next call. */
  #read(items: readonly StreamItem[], result: VersionedResult, isFinal: boolean): Tried {
    const { window } = this.#origin;
    if (result.errorType !== undefined) return { left: items, isFailed: true };
    if (window.open !== undefined && !isFinal) {
      const state = readWindowState(result.payload);
      if (state === undefined) return { left: items, isFailed: true };
      window.carry(state);
    }
    if (!this.#mapping.settings.FunctionResponseTypes?.includes("ReportBatchItemFailures"))
      return { left: [], isFailed: false };
    const failures = readBatchFailures(
      result.payload,
      items.map(({ sequence }) => sequence),
    );
    return { left: failures === undefined ? [] : items.slice(failures), isFailed: false };
  }

  #isGivenUp([first]: readonly StreamItem[], attempts: number): boolean {
    const { MaximumRetryAttempts: retries = -1 } = this.#mapping.settings;
    return (retries >= 0 && attempts > retries) || (first !== undefined && this.#isTooOld(first));
  }

  #isTooOld({ arrivedMs }: StreamItem): boolean {
    const { MaximumRecordAgeInSeconds: ageSeconds = -1 } = this.#mapping.settings;
    return ageSeconds >= 0 && this.#lambda.cloud.clock.now() - arrivedMs > ageSeconds * 1000;
  }

  /** In one turn with the position: a kill loses neither, or both. */
  #giveUp(items: readonly StreamItem[], attempts: number, result: VersionedResult | undefined): void {
    const { source, settings, region, functionName } = this.#mapping;
    const target = settings.DestinationConfig?.OnFailure?.Destination;
    const what = `${items.length} records of ${source} were discarded after ${attempts} attempts (${result?.errorType ?? "not run"})`;
    this.#lambda.cloud.log(`lambda: ${what}`);
    this.#origin.progress.finished(items);
    if (target === undefined || target === "") return;
    const detailType = "Lambda Function Invocation Result - Failure";
    const farewell = this.#farewell(items, attempts, result);
    const kept = isBucketArn(target) ? this.#keptObject(farewell, items) : { body: JSON.stringify(farewell) };
    this.#lambda.deliveries.add({ target, region, detailType, functionArn: functionName, ...kept });
  }

  /** A bucket has room for the records themselves. */
  #keptObject(farewell: object, items: readonly StreamItem[]) {
    const Records = items.map(({ event }) => event);
    const objectKey = batchRecordKey(this.#mapping.uuid, this.#origin.shardId, this.#lambda.cloud.clock.now());
    return { objectKey, body: JSON.stringify({ ...farewell, payload: { Records } }) };
  }

  /** The records' positions, not the records: a stream keeps them for a day at least. */
  #farewell(items: readonly StreamItem[], attempts: number, result: VersionedResult | undefined): object {
    const { source, shardId } = this.#origin;
    const { MaximumRetryAttempts: retries = -1 } = this.#mapping.settings;
    const isTooOld = retries < 0 || attempts <= retries;
    const [first, last] = [items[0]!, items.at(-1)!];
    return {
      requestContext: {
        requestId: randomUUID(),
        functionArn: this.#mapping.functionName,
        condition: isTooOld ? "RecordAgeExceeded" : "RetryAttemptsExhausted",
        approximateInvokeCount: attempts,
      },
      ...(result !== undefined && {
        responseContext: {
          statusCode: 200,
          executedVersion: result.executedVersion,
          ...(result.errorType !== undefined && { functionError: "Unhandled" }),
        },
      }),
      version: "1.0",
      timestamp: new Date(this.#lambda.cloud.clock.now()).toISOString(),
      [source.batchInfo]: {
        shardId,
        startSequenceNumber: first.sequence,
        endSequenceNumber: last.sequence,
        approximateArrivalOfFirstRecord: source.timeText(first.arrivedMs),
        approximateArrivalOfLastRecord: source.timeText(last.arrivedMs),
        batchSize: items.length,
        streamArn: this.#mapping.source,
      },
    };
  }

  async #backOff(attempts: number): Promise<void> {
    const delayMs = Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** Math.max(0, attempts - 1));
    await this.#lambda.cloud.clock.sleep(delayMs, this.#origin.signal).catch(() => undefined);
  }

  #note(lastResult: string): void {
    noteResult(this.#lambda, this.#mapping.uuid, lastResult);
  }
}

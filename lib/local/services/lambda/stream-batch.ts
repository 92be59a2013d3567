import { randomUUID } from "node:crypto";
import type { _Record } from "@aws-sdk/client-dynamodb-streams";
import { matchesPattern } from "../../../util/event-pattern/event-pattern.ts";
import { isAwsError } from "../../aws-error.ts";
import type { InvocationResult } from "../../runtime/function-spec.ts";
import { readBatchFailures } from "./batch-response.ts";
import { findTarget } from "./invoke-target.ts";
import { run } from "./invoke.ts";
import type { Lambda } from "./lambda-context.ts";
import { readFunctionRef } from "./names.ts";
import { batchRecordKey, isBucketArn } from "./record-keys.ts";
import type { MappingRecord } from "./records.ts";
import { toStreamEvent } from "./stream-event.ts";

const FIRST_BACKOFF_MS = 500;
const LONGEST_BACKOFF_MS = 60_000;

type VersionedResult = InvocationResult & { readonly executedVersion: string };

/** Changes on their way to the function: collected, filtered, tried until they are through or given up. */
export class StreamBatch {
  readonly #lambda: Lambda;
  readonly #mapping: MappingRecord;
  readonly #shardId: string;
  readonly #signal: AbortSignal;
  readonly #records: _Record[] = [];
  readonly #openedMs: number;

  constructor(lambda: Lambda, mapping: MappingRecord, shardId: string, signal: AbortSignal) {
    this.#lambda = lambda;
    this.#mapping = mapping;
    this.#shardId = shardId;
    this.#signal = signal;
    this.#openedMs = lambda.cloud.clock.now();
  }

  get room(): number {
    return (this.#mapping.settings.BatchSize ?? 100) - this.#records.length;
  }

  get isFull(): boolean {
    return this.room <= 0;
  }

  /** Whether the batching window is over. */
  get isDue(): boolean {
    const windowMs = (this.#mapping.settings.MaximumBatchingWindowInSeconds ?? 0) * 1000;
    return this.#lambda.cloud.clock.now() - this.#openedMs >= windowMs;
  }

  add(record: _Record): void {
    this.#records.push(record);
  }

  /** Resolves when every change is through or given up, and notes how far the shard is done. */
  async deliver(): Promise<void> {
    const wanted = this.#records.filter((record) => this.#passesFilters(record));
    await this.#deliverAll(wanted);
    if (!this.#signal.aborted) this.#checkpoint(this.#records.at(-1));
  }

  #passesFilters(record: _Record): boolean {
    const filters = this.#mapping.settings.FilterCriteria?.Filters ?? [];
    if (filters.length === 0) return true;
    const event = JSON.parse(JSON.stringify(toStreamEvent(record, this.#mapping))) as unknown;
    return filters.some(({ Pattern = "{}" }) => matchesPattern(Pattern, event));
  }

  async #deliverAll(records: readonly _Record[]): Promise<void> {
    let rest = records;
    for (let attempts = 1; rest.length > 0 && !this.#signal.aborted; attempts++) {
      const { left, result } = await this.#try(rest);
      if (left.length === 0 || this.#signal.aborted) return;
      // What came through counts: only what is left is tried again, with all its attempts.
      if (left.length < rest.length) {
        this.#checkpoint(rest[rest.length - left.length - 1]);
        attempts = 1;
      }
      rest = left;
      if (this.#isGivenUp(rest, attempts)) return this.#giveUp(rest, attempts, result);
      if (
        this.#mapping.settings.BisectBatchOnFunctionError === true &&
        rest.length > 1 &&
        result?.errorType !== undefined
      ) {
        const half = Math.ceil(rest.length / 2);
        await this.#deliverAll(rest.slice(0, half));
        rest = rest.slice(half);
        attempts = 0;
      }
      await this.#backOff(attempts);
    }
  }

  /** Calls the function once. Answers what is left to do: nothing, everything, or what comes after the first failure. */
  async #try(records: readonly _Record[]): Promise<{ left: readonly _Record[]; result?: VersionedResult }> {
    const { functionName, region, settings } = this.#mapping;
    const requestId = randomUUID();
    try {
      const ref = readFunctionRef(functionName, undefined, { region, account: this.#lambda.cloud.account, requestId });
      const Records = records.map((record) => toStreamEvent(record, this.#mapping));
      const payload = Buffer.from(JSON.stringify({ Records }));
      const target = findTarget(this.#lambda, ref);
      const ran = await run(this.#lambda, target, payload, { requestId });
      const result = { ...ran, executedVersion: target.version.version };
      this.#note(result.errorType === undefined ? "OK" : "PROBLEM: Function call failed");
      if (result.errorType !== undefined) return { left: records, result };
      if (!settings.FunctionResponseTypes?.includes("ReportBatchItemFailures")) return { left: [], result };
      const ids = records.map(({ dynamodb }) => dynamodb?.SequenceNumber ?? "");
      const failures = readBatchFailures(result.payload, ids);
      return { left: failures === undefined ? [] : records.slice(failures), result };
    } catch (error) {
      if (!isAwsError(error)) throw error;
      this.#note(`PROBLEM: ${error.message}`);
      return { left: records };
    }
  }

  #isGivenUp(records: readonly _Record[], attempts: number): boolean {
    const { MaximumRetryAttempts: retries = -1, MaximumRecordAgeInSeconds: ageSeconds = -1 } = this.#mapping.settings;
    if (retries >= 0 && attempts > retries) return true;
    const createdMs = records[0]?.dynamodb?.ApproximateCreationDateTime?.getTime() ?? 0;
    return ageSeconds >= 0 && this.#lambda.cloud.clock.now() - createdMs > ageSeconds * 1000;
  }

  #giveUp(records: readonly _Record[], attempts: number, result: VersionedResult | undefined): void {
    const { source, settings, region, functionName } = this.#mapping;
    const target = settings.DestinationConfig?.OnFailure?.Destination;
    const what = `${records.length} records of ${source} were given up after ${attempts} attempts (${result?.errorType ?? "not run"})`;
    this.#lambda.cloud.log(`lambda: ${what}`);
    if (target === undefined || target === "") return;
    const detailType = "Lambda Function Invocation Result - Failure";
    const farewell = this.#farewell(records, attempts, result);
    const kept = isBucketArn(target) ? this.#keptObject(farewell, records) : { body: JSON.stringify(farewell) };
    this.#lambda.deliveries.add({ target, region, detailType, functionArn: functionName, ...kept });
  }

  /** A bucket has room for the records themselves. */
  #keptObject(farewell: object, records: readonly _Record[]) {
    const Records = records.map((record) => toStreamEvent(record, this.#mapping));
    const objectKey = batchRecordKey(this.#mapping.uuid, this.#shardId, this.#lambda.cloud.clock.now());
    return { objectKey, body: JSON.stringify({ ...farewell, payload: { Records } }) };
  }

  /** Where the records lie, not the records: a stream keeps them for a day. */
  #farewell(records: readonly _Record[], attempts: number, result: VersionedResult | undefined): object {
    const { MaximumRetryAttempts: retries = -1 } = this.#mapping.settings;
    const tooOld = retries < 0 || attempts <= retries;
    const times = records.map(({ dynamodb }) => dynamodb?.ApproximateCreationDateTime?.toISOString());
    return {
      requestContext: {
        requestId: randomUUID(),
        functionArn: this.#mapping.functionName,
        condition: tooOld ? "RecordAgeExceeded" : "RetryAttemptsExhausted",
        approximateInvokeCount: attempts,
      },
      ...(result !== undefined && {
        responseContext: { statusCode: 200, executedVersion: result.executedVersion, functionError: "Unhandled" },
      }),
      version: "1.0",
      timestamp: new Date(this.#lambda.cloud.clock.now()).toISOString(),
      DDBStreamBatchInfo: {
        shardId: this.#shardId,
        startSequenceNumber: records[0]?.dynamodb?.SequenceNumber,
        endSequenceNumber: records.at(-1)?.dynamodb?.SequenceNumber,
        approximateArrivalOfFirstRecord: times[0],
        approximateArrivalOfLastRecord: times.at(-1),
        batchSize: records.length,
        streamArn: this.#mapping.source,
      },
    };
  }

  async #backOff(attempts: number): Promise<void> {
    const delayMs = Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** Math.max(0, attempts - 1));
    await this.#lambda.cloud.clock.sleep(delayMs, this.#signal).catch(() => undefined);
  }

  #checkpoint(record: _Record | undefined): void {
    const sequence = record?.dynamodb?.SequenceNumber;
    if (sequence !== undefined) this.#lambda.state.positions.put(`${this.#mapping.uuid}/${this.#shardId}`, sequence);
  }

  #note(lastResult: string): void {
    const record = this.#lambda.state.mappings.get(this.#mapping.uuid);
    if (record !== undefined && record.lastResult !== lastResult)
      this.#lambda.state.mappings.put(record.uuid, { ...record, lastResult });
  }
}

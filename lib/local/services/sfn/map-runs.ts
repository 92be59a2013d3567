import type { Nothing } from "../../kit/operation-types.ts";
import { AwsError } from "../../aws-error.ts";
import type { Collection, Store } from "../../state/store.ts";
import type { MapRunCounts, MapRunRecord } from "./records.ts";
import { broken, checkArn, executionMissing, page, resourceMissing } from "./errors.ts";
import type { Input, Output, Sfn } from "./context.ts";

/** The status of a child of a Map Run. */
export type ChildStatus = keyof MapRunCounts;

const NONE: MapRunCounts = { running: 0, succeeded: 0, failed: 0, timedOut: 0, aborted: 0 };

/** The runs of distributed Map states. */
export class MapRuns {
  readonly #records: Collection<MapRunRecord>;
  /** Called when a run's settings were changed. */
  readonly #watchers = new Map<string, () => void>();

  constructor(store: Store) {
    this.#records = store.collection("sfn.map-runs");
  }

  get(arn: string): MapRunRecord | undefined {
    return this.#records.get(arn);
  }

  ofExecution(executionArn: string): MapRunRecord[] {
    const all = this.#records.list().map(([, record]) => record);
    return all.filter((record) => record.executionArn === executionArn);
  }

  /** Opens a run, or reopens it after a restart: its children are counted again, its settings are kept. */
  open(record: Omit<MapRunRecord, "status" | "executions" | "items" | "resultsWritten">): void {
    const before = this.#records.get(record.arn);
    this.#records.put(record.arn, {
      ...record,
      ...before,
      status: "RUNNING",
      executions: NONE,
      items: NONE,
      resultsWritten: 0,
    });
  }

  /** A child changed its status; `from` is absent where it has just started. */
  count(arn: string, items: number, to: ChildStatus, from?: ChildStatus): void {
    const record = this.#records.get(arn)!;
    const move = (counts: MapRunCounts, by: number) => ({
      ...counts,
      ...(from !== undefined && { [from]: counts[from] - by }),
      [to]: counts[to] + by,
    });
    this.#records.put(arn, { ...record, executions: move(record.executions, 1), items: move(record.items, items) });
  }

  close(arn: string, status: MapRunRecord["status"], stoppedMs: number, resultsWritten = 0): void {
    this.#records.put(arn, { ...this.#records.get(arn)!, status, stoppedMs, resultsWritten });
  }

  change(record: MapRunRecord): void {
    this.#records.put(record.arn, record);
    this.#watchers.get(record.arn)?.();
  }

  forgetMachine(machineArn: string): void {
    for (const [arn, record] of this.#records.list()) {
      if (record.machineArn.startsWith(`${machineArn}/`)) this.#records.delete(arn);
    }
  }

  watch(arn: string, told: () => void): () => void {
    this.#watchers.set(arn, told);
    return () => this.#watchers.delete(arn);
  }
}

export function describeMapRun(sfn: Sfn, input: Input<"DescribeMapRun">): Output<"DescribeMapRun"> {
  const record = findMapRun(sfn, input.mapRunArn);
  return {
    mapRunArn: record.arn,
    executionArn: record.executionArn,
    status: record.status,
    startDate: new Date(record.startedMs),
    ...(record.stoppedMs !== undefined && { stopDate: new Date(record.stoppedMs) }),
    maxConcurrency: record.maxConcurrency,
    toleratedFailurePercentage: record.toleratedFailurePercentage,
    toleratedFailureCount: record.toleratedFailureCount,
    itemCounts: countsOf(record.items, record.totalItems, record.resultsWritten),
    executionCounts: countsOf(record.executions, record.totalExecutions, record.resultsWritten),
    redriveCount: 0,
  };
}

function countsOf(counts: MapRunCounts, total: number, resultsWritten: number) {
  const begun = Object.values(counts).reduce((sum, count) => sum + count, 0);
  return { ...counts, pending: Math.max(0, total - begun), total, resultsWritten };
}

export function listMapRuns(sfn: Sfn, input: Input<"ListMapRuns">): Output<"ListMapRuns"> {
  const executionArn = checkArn(input.executionArn);
  if (sfn.executions.get(executionArn) === undefined) throw executionMissing(executionArn);
  const { items, nextToken } = page(sfn.mapRuns.ofExecution(executionArn), input.maxResults, input.nextToken);
  return {
    mapRuns: items.map((record) => ({
      executionArn: record.executionArn,
      mapRunArn: record.arn,
      stateMachineArn: record.machineArn,
      startDate: new Date(record.startedMs),
      ...(record.stoppedMs !== undefined && { stopDate: new Date(record.stoppedMs) }),
    })),
    nextToken,
  };
}

/** Changes how many children run at once, and how many may fail, during the run. */
export function updateMapRun(sfn: Sfn, input: Input<"UpdateMapRun">): Nothing {
  const record = findMapRun(sfn, input.mapRunArn);
  const { maxConcurrency, toleratedFailureCount, toleratedFailurePercentage } = input;
  if (maxConcurrency !== undefined && maxConcurrency < 0) {
    throw broken(maxConcurrency, "maxConcurrency", "Member must have value greater than or equal to 0");
  }
  if (record.status !== "RUNNING") {
    throw new AwsError("ValidationException", `Map Run is not running: '${record.arn}'`);
  }
  sfn.mapRuns.change({
    ...record,
    ...(maxConcurrency !== undefined && { maxConcurrency }),
    ...(toleratedFailureCount !== undefined && { toleratedFailureCount }),
    ...(toleratedFailurePercentage !== undefined && { toleratedFailurePercentage }),
  });
  return {};
}

function findMapRun(sfn: Sfn, arn: string | undefined): MapRunRecord {
  const record = sfn.mapRuns.get(checkArn(arn));
  if (record === undefined) throw resourceMissing(String(arn));
  return record;
}

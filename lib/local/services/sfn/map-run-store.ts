import { getKnown } from "../../../util/get-known.ts";
import type { MapRunCounts, MapRunRecord } from "./records.ts";
import type { Collection, Store } from "../../state/store.ts";

const NONE: MapRunCounts = { running: 0, succeeded: 0, failed: 0, timedOut: 0, aborted: 0 };

/** How a child of a Map Run stands. */
export type ChildStatus = keyof MapRunCounts;

/** The runs of distributed Map states. */
export class MapRuns {
  readonly #records: Collection<MapRunRecord>;
  /** Called when the settings of a run change. */
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

  /** Opens a run, or opens it again after a restart, when its children are counted again; settings stay as they are. */
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

  /** A child went from one status to another; from none where it has just started. */
  count(arn: string, items: number, to: ChildStatus, from?: ChildStatus): void {
    const record = getKnown(this.#records, arn);
    const move = (counts: MapRunCounts, by: number) => ({
      ...counts,
      ...(from !== undefined && { [from]: counts[from] - by }),
      [to]: counts[to] + by,
    });
    this.#records.put(arn, { ...record, executions: move(record.executions, 1), items: move(record.items, items) });
  }

  close(arn: string, status: MapRunRecord["status"], stoppedMs: number, resultsWritten = 0): void {
    this.#records.put(arn, { ...getKnown(this.#records, arn), status, stoppedMs, resultsWritten });
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

  watch(arn: string, notify: () => void): () => void {
    this.#watchers.set(arn, notify);
    return () => this.#watchers.delete(arn);
  }
}

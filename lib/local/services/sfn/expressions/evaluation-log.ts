import type { Store } from "../../../state/store.ts";
import { prepared } from "../prepared.ts";

/** An execution whose expression was evaluated whenever the cloud died this often is not tried again. */
const MOST_DEATHS = 3;

/**
 * Which executions have an expression evaluated right now. A row that is still there when the cloud starts was left by
 * one that died; an execution that was at it three times in a row is failed instead of being repeated for ever.
 */
export class EvaluationLog {
  readonly #store: Store;
  readonly #running = new Map<string, number>();

  constructor(store: Store) {
    this.#store = store;
    store.sql.exec(
      "CREATE TABLE IF NOT EXISTS sfn_evaluations (execution TEXT PRIMARY KEY, deaths INTEGER, isRunning INTEGER)",
    );
  }

  /** Counts what was left. Returns the ARNs of executions that are not to be retried. Call once, at the start. */
  takeUp(): ReadonlySet<string> {
    this.#store.touch();
    const { sql } = this.#store;
    sql.exec("UPDATE sfn_evaluations SET deaths = deaths + 1, isRunning = 0 WHERE isRunning = 1");
    const rows = sql.prepare("SELECT execution FROM sfn_evaluations WHERE deaths >= ?").all(MOST_DEATHS);
    return new Set(rows.map((row) => String(row["execution"])));
  }

  /** Notes that an evaluation of the execution is under way while `work` is. */
  async during<T>(arn: string, work: () => Promise<T>): Promise<T> {
    await this.#begin(arn);
    try {
      return await work();
    } finally {
      this.#end(arn);
    }
  }

  /** Only an execution at which the cloud has died before waits for the disk. */
  async #begin(arn: string): Promise<void> {
    const running = this.#running.get(arn) ?? 0;
    this.#running.set(arn, running + 1);
    if (running > 0) return;
    this.#store.touch();
    const written = prepared<{ deaths: number }>(
      this.#store.sql,
      `INSERT INTO sfn_evaluations (execution, deaths, isRunning) VALUES (?, 0, 1)
        ON CONFLICT (execution) DO UPDATE SET isRunning = 1 RETURNING deaths`,
    ).get(arn);
    if ((written?.deaths ?? 0) > 0) await this.#store.durable();
  }

  #end(arn: string): void {
    const running = (this.#running.get(arn) ?? 1) - 1;
    if (running > 0) return void this.#running.set(arn, running);
    this.#running.delete(arn);
    this.#store.touch();
    prepared(this.#store.sql, "DELETE FROM sfn_evaluations WHERE execution = ?").run(arn);
  }
}

import type { DatabaseSync, SQLInputValue, StatementResultingChanges, StatementSync } from "node:sqlite";

/** The text of a statement, with the type of its rows. */
export interface Query<R> {
  readonly text: string;
  /** Only a type: never set. */
  readonly row?: R;
}

/** Says what the columns of a SELECT are: `query<{ id: number }>("SELECT id FROM …")`. */
export function query<R>(text: string): Query<R> {
  return { text };
}

/** A prepared statement. The type of its rows is stated once, where the statement is written. */
export class Statement<R = never> {
  readonly #statement: StatementSync;

  constructor(sql: DatabaseSync, text: string) {
    this.#statement = sql.prepare(text);
  }

  /** The first row; undefined where the statement finds none. */
  get(...values: SQLInputValue[]): R | undefined {
    return this.#statement.get(...values) as R | undefined;
  }

  /** The row of a statement that always has one, such as a count. */
  one(...values: SQLInputValue[]): R {
    const row = this.get(...values);
    if (row === undefined) throw new Error(`No row: ${this.#statement.sourceSQL}`);
    return row;
  }

  /** All rows. */
  all(...values: SQLInputValue[]): R[] {
    return this.#statement.all(...values) as R[];
  }

  /** The rows, read from the database while they are consumed. */
  iterate(...values: SQLInputValue[]): Iterable<R> {
    return this.#statement.iterate(...values) as Iterable<R>;
  }

  /** Runs a statement that returns no rows. */
  run(...values: SQLInputValue[]): StatementResultingChanges {
    return this.#statement.run(...values);
  }
}

/** Statements of a database by their text, each prepared on first use. */
export class Statements {
  readonly #sql: DatabaseSync;
  readonly #prepared = new Map<string, Statement<unknown>>();

  constructor(sql: DatabaseSync) {
    this.#sql = sql;
  }

  /** The prepared statement. One text always has rows of the same type. */
  prepare<R = never>(text: string): Statement<R> {
    const prepared = this.#prepared.get(text) ?? new Statement<unknown>(this.#sql, text);
    this.#prepared.set(text, prepared);
    return prepared as Statement<R>;
  }
}

/** The prepared statements of a table of texts, by the same names. */
export type Prepared<T> = { readonly [K in keyof T]: Statement<T[K] extends Query<infer R> ? R : never> };

/** Prepares a table of statements: plain text where it returns no rows, `query<Row>(…)` where it does. */
export function prepareAll<T extends Readonly<Record<string, string | Query<unknown>>>>(
  sql: DatabaseSync,
  queries: T,
): Prepared<T> {
  const prepared = Object.entries(queries).map(([name, query]) => {
    return [name, new Statement(sql, typeof query === "string" ? query : query.text)] as const;
  });
  return Object.fromEntries(prepared) as unknown as Prepared<T>;
}

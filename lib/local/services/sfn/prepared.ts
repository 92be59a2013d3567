import type { DatabaseSync } from "node:sqlite";
import { type Statement, Statements } from "../../state/statements.ts";

const byDatabase = new WeakMap<DatabaseSync, Statements>();

/** A statement that is compiled once for each database. Do not iterate over it: it may be run again meanwhile. */
export function prepared<R = never>(sql: DatabaseSync, text: string): Statement<R> {
  const statements = byDatabase.get(sql) ?? new Statements(sql);
  byDatabase.set(sql, statements);
  return statements.prepare(text);
}

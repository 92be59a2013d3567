import type { DatabaseSync, StatementSync } from "node:sqlite";

const byDatabase = new WeakMap<DatabaseSync, Map<string, StatementSync>>();

/** A statement that is compiled once for each database. Do not iterate over it: it may be used again meanwhile. */
export function prepared(sql: DatabaseSync, text: string): StatementSync {
  let statements = byDatabase.get(sql);
  if (statements === undefined) byDatabase.set(sql, (statements = new Map()));
  let statement = statements.get(text);
  if (statement === undefined) statements.set(text, (statement = sql.prepare(text)));
  return statement;
}

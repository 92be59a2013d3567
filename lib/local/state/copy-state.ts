import { constants, copyFileSync, linkSync, mkdirSync, readdirSync, readlinkSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/**
 * Copies a folder's files as hard links, for files that are replaced and never changed: blobs, and unpacked code. Where
 * the file system has no hard links they are copied. A folder that is missing has no files.
 */
export function linkFolder(from: string, to: string): void {
  for (const entry of entriesOf(from)) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) linkFolder(source, target);
    else if (entry.isSymbolicLink()) makeIn(to, () => symlinkSync(readlinkSync(source), target));
    else makeIn(to, () => linkFile(source, target));
  }
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

function makeIn(folder: string, make: () => void): void {
  mkdirSync(folder, { recursive: true });
  make();
}

/** A file that was deleted meanwhile belongs to nothing that the copied state refers to. */
function linkFile(source: string, target: string): void {
  try {
    linkSync(source, target);
  } catch (error) {
    if (!(error instanceof Error && "code" in error) || error.code === "ENOENT") return;
    copyFileSync(source, target, constants.COPYFILE_FICLONE);
  }
}

/**
 * Replaces texts in everything that a state file holds: the address of a cloud that was there before, in queue URLs that
 * functions have as variables, in outputs of stacks and wherever a user has kept one.
 */
export function replaceTexts(sql: DatabaseSync, pairs: readonly (readonly [from: string, to: string])[]): void {
  const tables = sql.prepare(
    "SELECT t.name AS t, c.name AS c FROM sqlite_schema AS t, pragma_table_info(t.name) AS c WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%'",
  );
  for (const { t, c } of tables.all()) {
    const [table, column] = [quote(String(t)), quote(String(c))];
    const change = `UPDATE ${table} SET ${column} = replace(${column}, ?1, ?2)`;
    const statement = sql.prepare(`${change} WHERE typeof(${column}) = 'text' AND instr(${column}, ?1) > 0`);
    for (const [from, to] of pairs) statement.run(from, to);
  }
}

/** The same in a file that no cloud uses. */
export function replaceTextsIn(path: string, pairs: readonly (readonly [from: string, to: string])[]): void {
  const sql = new DatabaseSync(path);
  try {
    sql.exec("PRAGMA synchronous=OFF; BEGIN");
    replaceTexts(sql, pairs);
    sql.exec("COMMIT");
  } finally {
    sql.close();
  }
}

function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

import { closeSync, existsSync, fstatSync, linkSync, openSync, readSync, rmSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { UserError } from "../../errors.ts";
import { explainFolder } from "./state-folder.ts";
import { openStore, STORE_FORMAT, type Store, type StoreOptions } from "./store.ts";

const MAGIC = "SQLite format 3\0";

/** Above this the whole file is not read through at every start; its damage shows when the damaged part is used. */
const LARGEST_CHECKED_BYTES = 256 * 1024 * 1024;

/**
 * Opens the state of a cloud. A file that is damaged, newer than this version, or in use by another cloud is refused
 * with a `UserError` and left as it is: state is never deleted unless the user requests it.
 */
export function openStateFile(path: string, options: StoreOptions = {}): Store {
  try {
    if (existsSync(path)) checkStateFile(path);
    else createStateFile(path);
    return openStore(path, options);
  } catch (error) {
    throw explain(path, error);
  }
}

/**
 * Under a name of this process's own first: a file that is there is whole, so an empty one has lost what was in it. Where
 * several clouds start at once, the first one's file stays.
 */
function createStateFile(path: string): void {
  const unfinished = `${path}.new-${process.pid}`;
  const remove = () => ["", "-wal", "-shm"].forEach((suffix) => rmSync(`${unfinished}${suffix}`, { force: true }));
  remove();
  try {
    openStore(unfinished).close();
    linkSync(unfinished, path);
  } catch (error) {
    if (!existsSync(path)) throw error;
  } finally {
    remove();
  }
}

function checkStateFile(path: string): void {
  const header = readHeader(path);
  if (header.length === 0) throw damaged(path, "it is empty");
  if (header.toString("latin1") !== MAGIC) throw damaged(path, "it does not begin like an SQLite file");
  let sql: DatabaseSync | undefined;
  try {
    sql = new DatabaseSync(path);
    checkFormat(path, sql);
    if (statSync(path).size <= LARGEST_CHECKED_BYTES) checkPages(path, sql);
  } catch (error) {
    throw explain(path, error);
  } finally {
    if (sql?.isOpen) sql.close();
  }
}

function readHeader(path: string): Buffer {
  const file = openSync(path, "r");
  try {
    const header = Buffer.alloc(Math.min(MAGIC.length, fstatSync(file).size));
    readSync(file, header);
    return header;
  } finally {
    closeSync(file);
  }
}

function checkFormat(path: string, sql: DatabaseSync): void {
  const { user_version: format } = sql.prepare("PRAGMA user_version").get() as { user_version: number };
  if (format <= STORE_FORMAT) return;
  throw new UserError(
    "StateTooNew",
    `The local cloud's state is of format ${format}, and this version of Tidegate knows up to ${STORE_FORMAT}: ${path}`,
    { fix: `Update Tidegate, or keep the file by moving it away, then start fresh: tidegate local reset` },
  );
}

function checkPages(path: string, sql: DatabaseSync): void {
  const rows = sql.prepare("PRAGMA quick_check(3)").all() as { quick_check: string }[];
  const findings = rows.map((row) => row.quick_check).filter((finding) => finding !== "ok");
  if (findings.length > 0) throw damaged(path, findings.join("; "));
}

function explain(path: string, error: unknown): unknown {
  if (error instanceof UserError) return error;
  const { errcode, message } = error as { errcode?: number; message?: string };
  const primary = (errcode ?? 0) & 0xff;
  if (primary === SQLITE_BUSY || primary === SQLITE_LOCKED) return inUse(path);
  const reason = FOLDER_REASONS[primary];
  if (reason !== undefined) return explainFolder(dirname(path), Object.assign(new Error(message), { code: reason }));
  if (primary === SQLITE_CORRUPT || primary === SQLITE_NOTADB) return damaged(path, String(message), error);
  return error;
}

/** SQLite's codes that the folder is to blame for, by the operating system's. https://www.sqlite.org/rescode.html */
const FOLDER_REASONS: Readonly<Record<number, string>> = { 3: "EACCES", 8: "EROFS", 13: "ENOSPC", 14: "EACCES" };
const SQLITE_BUSY = 5;
const SQLITE_LOCKED = 6;
const SQLITE_CORRUPT = 11;
const SQLITE_NOTADB = 26;

function damaged(path: string, finding: string, cause?: unknown): UserError {
  return new UserError("StateDamaged", `The local cloud's state is damaged (${finding}): ${path}`, {
    fix: `Keep the file by copying it away if you need it, then start fresh: tidegate local reset`,
    ...(cause === undefined ? {} : { cause }),
  });
}

function inUse(path: string): UserError {
  return new UserError("StateInUse", `Another local cloud uses this state: ${path}`, {
    fix: "Stop it first: tidegate local stop",
  });
}

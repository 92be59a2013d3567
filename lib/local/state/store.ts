import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { Statement } from "./statements.ts";
import { DatabaseSync } from "node:sqlite";
import { RemoteError } from "../../errors.ts";
import { decodeValue, encodeValue } from "./store-value.ts";

/** Named records of one kind. Values are plain data; `Date`, `Uint8Array` and `bigint` come back as they went in. */
export interface Collection<T> {
  get(key: string): T | undefined;
  put(key: string, value: T): void;
  /** Whether there was something to delete. */
  delete(key: string): boolean;
  /** In the order of keys (by UTF-8 bytes), those that begin with `prefix`. */
  list(prefix?: string): [key: string, value: T][];
}

/**
 * The cloud's durable state: one SQLite file. Writes join the transaction that is open for this turn of the event loop
 * and `durable()` resolves once it is on disk, so that many calls share one flush; the server awaits it before it
 * acknowledges anything.
 */
export interface Store {
  collection<T>(name: string): Collection<T>;
  /** A number that rises with every change of a collection: what was derived from it is valid while it is the same. */
  revision(collection: string): number;
  /** For services with tables of their own, named `<service>_<table>`. Call `touch()` before writing through it. */
  readonly sql: DatabaseSync;
  /** Whether there is anything in a service's collections (`<service>.…`) or tables (`<service>_…`). */
  holds(service: string): boolean;
  /** Joins the open transaction, or opens one. */
  touch(): void;
  /** All of `work` or nothing of it. Must be synchronous. */
  transaction<T>(work: () => T): T;
  /** Resolves when everything that was written before is on disk; rejects when the disk refused. */
  durable(): Promise<void>;
  /**
   * Runs `work` once all earlier writes are on disk, and calls `refused` if the disk refused them. Neither runs after
   * `close()`: items on disk are resumed at the cloud's next start.
   */
  afterDurable(work: () => void, refused?: (error: unknown) => void): void;
  /** Writes a copy of everything that was written before to a new file. */
  copyTo(path: string): Promise<void>;
  close(): void;
}

/** The format of the file; one that is newer is refused. */
export const STORE_FORMAT = 1;

/** How a store is kept. */
export interface StoreOptions {
  /** Whether what is durable survives a power cut, and not the end of the process only. @default true */
  readonly isDurable?: boolean | undefined;
}

/** Opens a store file, or one in memory for `:memory:`. The caller has checked the file (see `state-file.ts`). */
export function openStore(path: string, { isDurable = true }: StoreOptions = {}): Store {
  if (path !== ":memory:") mkdirSync(dirname(path), { recursive: true });
  return new SqliteStore(new DatabaseSync(path), isDurable ? "FULL" : "OFF");
}

class SqliteStore implements Store {
  readonly sql: DatabaseSync;
  #open = false;
  #depth = 0;
  #flush: Promise<void> | undefined;
  #isClosed = false;
  /** How often each collection was written. */
  readonly #writes = new Map<string, number>();
  /** How often writes were rolled back: of which collections is not known. */
  #rollbacks = 0;

  constructor(sql: DatabaseSync, synchronous: "FULL" | "OFF") {
    this.sql = sql;
    // EXCLUSIVE: a state file has one owner, and a second one gets an error. FULL: committed data survives a crash.
    sql.exec(`PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL; PRAGMA synchronous=${synchronous};`);
    sql.exec("PRAGMA foreign_keys=ON;");
    sql.exec(
      "CREATE TABLE IF NOT EXISTS records (collection TEXT, key TEXT, value TEXT, PRIMARY KEY (collection, key)) WITHOUT ROWID",
    );
    sql.exec(`PRAGMA user_version=${STORE_FORMAT}`);
  }

  collection<T>(name: string): Collection<T> {
    const get = new Statement<{ value: string }>(
      this.sql,
      "SELECT value FROM records WHERE collection = ? AND key = ?",
    );
    const put = this.sql.prepare(
      "INSERT INTO records VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
    );
    const remove = this.sql.prepare("DELETE FROM records WHERE collection = ? AND key = ?");
    const list = new Statement<{ key: string; value: string }>(
      this.sql,
      "SELECT key, value FROM records WHERE collection = ? AND key >= ? ORDER BY key",
    );
    return {
      get: (key) => {
        const row = get.get(name, key);
        return row && decodeValue<T>(row.value);
      },
      put: (key, value) => {
        this.#write(name);
        put.run(name, key, encodeValue(value));
      },
      delete: (key) => {
        this.#write(name);
        return remove.run(name, key).changes > 0;
      },
      list: (prefix = "") => {
        const found: [string, T][] = [];
        for (const row of list.iterate(name, prefix)) {
          if (!row.key.startsWith(prefix)) break;
          found.push([row.key, decodeValue<T>(row.value)]);
        }
        return found;
      },
    };
  }

  revision(collection: string): number {
    return (this.#writes.get(collection) ?? 0) + this.#rollbacks;
  }

  #write(collection: string): void {
    this.touch();
    this.#writes.set(collection, (this.#writes.get(collection) ?? 0) + 1);
  }

  holds(service: string): boolean {
    const isTold = "SELECT 1 FROM records WHERE collection >= ? || '.' AND collection < ? || '/' LIMIT 1";
    if (this.sql.prepare(isTold).get(service, service) !== undefined) return true;
    const tables = this.sql.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name GLOB ? || '_*'");
    return tables.all(service).some(({ name }) => this.sql.prepare(`SELECT 1 FROM "${String(name)}" LIMIT 1`).get());
  }

  touch(): void {
    if (this.#open) return this.#checkStillOpen();
    this.sql.exec("BEGIN IMMEDIATE");
    this.#open = true;
    void this.durable().catch(() => undefined);
  }

  /**
   * A full disk makes SQLite roll the whole transaction back by itself. What comes after it in the same turn must not
   * be written on its own: that flush is refused as a whole.
   */
  #checkStillOpen(): void {
    // Node 22.13 cannot tell yet.
    if ((this.sql as { isTransaction?: boolean }).isTransaction ?? true) return;
    this.#rollbacks++;
    throw new RemoteError("StateRefused", "The disk refused a write to the local cloud's state.");
  }

  transaction<T>(work: () => T): T {
    this.touch();
    const name = `s${this.#depth++}`;
    this.sql.exec(`SAVEPOINT ${name}`);
    try {
      const result = work();
      this.sql.exec(`RELEASE ${name}`);
      return result;
    } catch (error) {
      this.#rollbacks++;
      this.sql.exec(`ROLLBACK TO ${name}; RELEASE ${name}`);
      throw error;
    } finally {
      this.#depth--;
    }
  }

  durable(): Promise<void> {
    if (!this.#open) return this.#flush ?? Promise.resolve();
    this.#flush ??= new Promise<void>((resolve, reject) => {
      setImmediate(() => {
        this.#flush = undefined;
        try {
          this.#commit();
          resolve();
        } catch (error) {
          reject(error);
        }
      });
    });
    return this.#flush;
  }

  afterDurable(work: () => void, refused: (error: unknown) => void = () => undefined): void {
    const unlessClosed =
      <A extends unknown[]>(act: (...given: A) => void) =>
      (...given: A) => {
        if (!this.#isClosed) act(...given);
      };
    this.durable().then(unlessClosed(work), unlessClosed(refused));
  }

  async copyTo(path: string): Promise<void> {
    // SQLite copies outside of a transaction only, and other callers may have opened the next one meanwhile.
    while (this.#open) await this.durable();
    this.sql.prepare("VACUUM INTO ?").run(path);
  }

  close(): void {
    this.#isClosed = true;
    try {
      this.#commit();
    } finally {
      this.sql.close();
    }
  }

  #commit(): void {
    if (!this.#open) return;
    this.#open = false;
    try {
      this.sql.exec("COMMIT");
    } catch (error) {
      this.#rollBack();
      throw error;
    }
  }

  /** After a refused commit none of it may remain: the next write must start afresh. */
  #rollBack(): void {
    this.#rollbacks++;
    try {
      this.sql.exec("ROLLBACK");
    } catch {
      // SQLite has rolled back by itself already.
    }
  }
}

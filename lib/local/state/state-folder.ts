import { mkdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { UserError } from "../../errors.ts";

/** More than the smallest state needs: less free space is refused before anything is started. */
const PROBE_BYTES = 256 * 1024;

/** What the operating system's error codes mean for a folder that is written to. */
const REASONS: Readonly<Record<string, { readonly what: string; readonly fix: string }>> = {
  EACCES: { what: "this user may not write there", fix: "Give yourself the right to write there." },
  EPERM: { what: "this user may not write there", fix: "Give yourself the right to write there." },
  EROFS: { what: "the file system is read-only", fix: "Move the project to a folder that can be written." },
  ENOSPC: { what: "the disk is full", fix: "Free some space, then start it again. The state is kept." },
  EDQUOT: { what: "the user's disk quota is used up", fix: "Free some space, then start it again. The state is kept." },
  ENOTDIR: { what: "a file is in its place", fix: "Move the file away; the local cloud needs a folder of that name." },
  EEXIST: { what: "a file is in its place", fix: "Move the file away; the local cloud needs a folder of that name." },
  ELOOP: { what: "it is a symbolic link to itself", fix: "Remove the link." },
};

/**
 * Makes the folder of a local cloud's state where it is missing, and makes sure that it can be written. Throws a
 * `UserError` with `StateFolderUnusable` that says why it cannot.
 */
export function prepareStateFolder(folder: string): void {
  try {
    makeFolder(folder);
    probeSpace(join(folder, `.probe-${process.pid}`));
    refuseFolderInPlace(join(folder, "state.sqlite"));
  } catch (error) {
    throw explainFolder(folder, error);
  }
}

/** Level by level: Node says of a read-only file system that the folder does not exist, where it makes several at once. */
function makeFolder(folder: string): void {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true) return;
  if (dirname(folder) !== folder) makeFolder(dirname(folder));
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    // Another cloud of the same project may have made it meanwhile.
    if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) throw error;
  }
}

function probeSpace(file: string): void {
  try {
    writeFileSync(file, Buffer.alloc(PROBE_BYTES));
  } finally {
    rmSync(file, { force: true });
  }
}

function refuseFolderInPlace(file: string): void {
  if (statSync(file, { throwIfNoEntry: false })?.isDirectory() !== true) return;
  throw new UserError(
    "StateFolderUnusable",
    `The local cloud keeps its state in the file ${file}, and a folder is in its place.`,
    {
      fix: "Move the folder away, then start the local cloud again.",
    },
  );
}

/** The error for a state folder that cannot be used; any other error is returned as it is. */
export function explainFolder(folder: string, error: unknown): unknown {
  if (error instanceof UserError || !(error instanceof Error)) return error;
  const reason = "code" in error ? REASONS[String(error.code)] : undefined;
  if (reason === undefined) return error;
  return new UserError("StateFolderUnusable", `The local cloud cannot keep its state in ${folder}: ${reason.what}.`, {
    fix: reason.fix,
    cause: error,
  });
}

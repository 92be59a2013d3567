import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { GetSessionTokenCommand, STSClient } from "@aws-sdk/client-sts";
import { expect, test } from "vitest";
import type { UserError } from "../../../lib/errors.ts";
import { findDaemon } from "../../../lib/local/daemon/find-daemon.ts";
import { resetState } from "../../../lib/local/daemon/reset-state.ts";
import { startDaemon } from "../../../lib/local/daemon/start-daemon.ts";
import { stopDaemon } from "../../../lib/local/daemon/stop-daemon.ts";
import { STORE_FORMAT } from "../../../lib/local/state/store.ts";
import { withStateFolder } from "./daemon-folder.ts";

const stateOf = (stateFolder: string) => join(stateFolder, "state.sqlite");

/** Tries to start; checks that the file was left alone, that its path is named, and that a reset fixes it. */
async function refusal(stateFolder: string): Promise<UserError> {
  const before = readFileSync(stateOf(stateFolder));
  const error = await startDaemon({ stateFolder, port: 0 }).then(
    () => expect.fail("The cloud started."),
    (thrown: unknown) => thrown as UserError,
  );
  expect(error.message).toContain(stateOf(stateFolder));
  expect(error.fix).toContain("tidegate local reset");
  expect(readFileSync(stateOf(stateFolder)).equals(before)).toBe(true);
  await resetState(stateFolder);
  await startDaemon({ stateFolder, port: 0 });
  return error;
}

/** A cloud that has something to lose: some hundred records over several pages. */
async function fillAndStop(stateFolder: string): Promise<void> {
  const { endpoint } = await startDaemon({ stateFolder, port: 0 });
  const sts = new STSClient({
    endpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  });
  await Promise.all(Array.from({ length: 300 }, () => sts.send(new GetSessionTokenCommand({}))));
  sts.destroy();
  await stopDaemon(stateFolder);
}

test("fails when the state is not a database", () =>
  withStateFolder(async (stateFolder) => {
    mkdirSync(stateFolder, { recursive: true });
    writeFileSync(stateOf(stateFolder), "this is not a database, and long enough to look like one");
    expect(await refusal(stateFolder)).toMatchObject({
      code: "StateDamaged",
      message: expect.stringContaining("does not begin like an SQLite file"),
    });
  }));

test("fails when the state was overwritten in the middle", () =>
  withStateFolder(async (stateFolder) => {
    await fillAndStop(stateFolder);
    const bytes = readFileSync(stateOf(stateFolder));
    const page = Math.floor(bytes.length / 4096 / 2);
    bytes.fill(0xa5, page * 4096, (page + 1) * 4096);
    writeFileSync(stateOf(stateFolder), bytes);
    expect(await refusal(stateFolder)).toMatchObject({
      code: "StateDamaged",
      message: expect.stringContaining("damaged"),
    });
  }));

test("fails when the state was cut off", () =>
  withStateFolder(async (stateFolder) => {
    await fillAndStop(stateFolder);
    truncateSync(stateOf(stateFolder), statSync(stateOf(stateFolder)).size - 4096);
    expect(await refusal(stateFolder)).toMatchObject({
      code: "StateDamaged",
      message: expect.stringContaining("damaged"),
    });
  }));

test("fails when the state is of a newer version", () =>
  withStateFolder(async (stateFolder) => {
    await fillAndStop(stateFolder);
    const sql = new DatabaseSync(stateOf(stateFolder));
    sql.exec(`PRAGMA user_version=${STORE_FORMAT + 1}`);
    sql.close();
    expect(await refusal(stateFolder)).toMatchObject({
      code: "StateTooNew",
      message: expect.stringContaining(`format ${STORE_FORMAT + 1}`),
    });
  }));

test("a reset stops the cloud and deletes its state", () =>
  withStateFolder(async (stateFolder) => {
    await fillAndStop(stateFolder);
    await startDaemon({ stateFolder, port: 0 });
    expect(await resetState(stateFolder)).toBe(true);
    expect(await findDaemon(stateFolder)).toBeUndefined();
    expect(statSync(stateOf(stateFolder), { throwIfNoEntry: false })).toBeUndefined();
  }));

test("fails when the state is empty: a new cloud's never is", () =>
  withStateFolder(async (stateFolder) => {
    await fillAndStop(stateFolder);
    truncateSync(stateOf(stateFolder), 0);
    expect(await refusal(stateFolder)).toMatchObject({
      code: "StateDamaged",
      message: expect.stringContaining("it is empty"),
    });
  }));

/** What is said where the folder is to blame. */
async function folderRefusal(stateFolder: string): Promise<UserError> {
  return startDaemon({ stateFolder, port: 0 }).then(
    () => expect.fail("The cloud started."),
    (thrown: unknown) => thrown as UserError,
  );
}

test("fails when a file is in the folder's place", () =>
  withStateFolder(async (stateFolder) => {
    mkdirSync(dirname(stateFolder), { recursive: true });
    rmSync(stateFolder, { recursive: true, force: true });
    writeFileSync(stateFolder, "");
    const error = await folderRefusal(stateFolder);
    expect(error).toMatchObject({ code: "StateFolderUnusable", fix: expect.stringContaining("Move the file away") });
    expect(error.message).toBe(`The local cloud cannot keep its state in ${stateFolder}: a file is in its place.`);
    rmSync(stateFolder);
  }));

test("fails when a folder is in the file's place", () =>
  withStateFolder(async (stateFolder) => {
    mkdirSync(stateOf(stateFolder), { recursive: true });
    expect(await folderRefusal(stateFolder)).toMatchObject({
      code: "StateFolderUnusable",
      message: expect.stringContaining("a folder is in its place"),
    });
  }));

/** Only root may mount; elsewhere the two tests below say so. */
const mounts = spawnSync("unshare", ["--mount", "true"]).status === 0;

/** Starts a cloud in a file system of a namespace's own. */
function startMounted(stateFolder: string, mount: string): string {
  const module = new URL("../../../lib/local/daemon/start-daemon.ts", import.meta.url).href;
  const program = `const { startDaemon } = await import(${JSON.stringify(module)});
    await startDaemon({ stateFolder: ${JSON.stringify(`${stateFolder}/state`)}, port: 0 }).then(
      () => console.log("started"), ({ code, message }) => console.log(code, message));`;
  const script = `mount -t tmpfs ${mount} tmpfs '${stateFolder}' && exec '${process.execPath}' --input-type=module`;
  return spawnSync("unshare", ["--mount", "sh", "-c", script], { input: program, encoding: "utf8" }).stdout;
}

test.skipIf(!mounts)("fails when the disk is full", () =>
  withStateFolder((stateFolder) => {
    mkdirSync(stateFolder, { recursive: true });
    expect(startMounted(stateFolder, "-o size=64k")).toContain(
      `StateFolderUnusable The local cloud cannot keep its state in ${stateFolder}/state: the disk is full.`,
    );
    return Promise.resolve();
  }),
);

test.skipIf(!mounts)("fails when the file system is read-only", () =>
  withStateFolder((stateFolder) => {
    mkdirSync(stateFolder, { recursive: true });
    expect(startMounted(stateFolder, "-o ro")).toContain(
      `StateFolderUnusable The local cloud cannot keep its state in ${stateFolder}/state: the file system is read-only.`,
    );
    return Promise.resolve();
  }),
);

import { DatabaseSync } from "node:sqlite";
import { GetSessionTokenCommand, STSClient } from "@aws-sdk/client-sts";
import { expect, test, vi } from "vitest";
import { AdjustableClock } from "../../../lib/local/state/clock.ts";
import { Authoriser } from "../../../lib/local/server/authorise.ts";
import { ServiceHost } from "../../../lib/local/server/service-host.ts";
import type { Cloud } from "../../../lib/local/service.ts";
import { openStore, type Store } from "../../../lib/local/state/store.ts";
import { startTestCloud } from "../../helpers/cloud.ts";

const CONTEXT = { account: "000000000000", region: "us-east-1", requestId: "r", accessKeyId: "test" };

function hostOn(store: Store): ServiceHost {
  const cloud = { account: "000000000000", clock: new AdjustableClock(), store, log: () => undefined };
  return new ServiceHost(cloud as unknown as Omit<Cloud, "call">, new Authoriser("enforce", cloud));
}

test("an answer waits until the disk has what it promises", async () => {
  const store = openStore(":memory:");
  const disk = Promise.withResolvers<void>();
  vi.spyOn(store, "durable").mockReturnValue(disk.promise);
  const answered = vi.fn<(output: unknown) => void>();
  const call = hostOn(store).answer("sts", "GetSessionToken", {}, CONTEXT).then(answered);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(answered).not.toHaveBeenCalled();
  disk.resolve();
  await call;
  expect(answered).toHaveBeenCalledOnce();
});

test("fails when the disk refuses, with a 500 and no acknowledgement, and continues when there is room again", async () => {
  const cloud = await startTestCloud({ log: () => undefined });
  const sts = cloud.client(STSClient);
  const full = fillDisk();
  try {
    await expect(sts.send(new GetSessionTokenCommand({}))).rejects.toMatchObject({
      name: "InternalFailure",
      $metadata: { httpStatusCode: 500 },
    });
    full.mockRestore();
    await expect(sts.send(new GetSessionTokenCommand({}))).resolves.toHaveProperty("Credentials");
  } finally {
    full.mockRestore();
    await cloud.stop();
  }
});

function fillDisk() {
  const exec = Reflect.get(DatabaseSync.prototype, "exec");
  return vi.spyOn(DatabaseSync.prototype, "exec").mockImplementation(function (this: DatabaseSync, sql: string) {
    if (sql === "COMMIT") throw new Error("database or disk is full");
    exec.call(this, sql);
  });
}

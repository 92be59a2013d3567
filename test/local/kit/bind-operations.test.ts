import { globSync } from "node:fs";
import { tmpdir } from "node:os";
import { expect, test } from "vitest";
import { bindOperations } from "../../../lib/local/kit/bind-operations.ts";
import { SERVICE_NAMES } from "../../../lib/local/catalogue.ts";
import { SERVICES, type ServiceEntry } from "../../../lib/local/registry.ts";
import type { Cloud, RequestContext } from "../../../lib/local/service.ts";
import { BlobStore } from "../../../lib/local/state/blobs.ts";
import { AdjustableClock } from "../../../lib/local/state/clock.ts";
import { openStore } from "../../../lib/local/state/store.ts";
import { readServiceModel } from "../../../lib/local/wire/service-model.ts";

const SERVICES_FOLDER = new URL("../../../lib/local/services", import.meta.url).pathname;

test("binds an exported function as the operation of its name, with the service's context first", async () => {
  const queues = {
    getQueueUrl: (prefix: string, { QueueName }: { QueueName?: string }) => ({ QueueUrl: `${prefix}${QueueName}` }),
  };
  const { GetQueueUrl } = bindOperations("sqs", "http://", [queues]);
  expect(await GetQueueUrl?.({ QueueName: "orders" }, {} as RequestContext)).toEqual({ QueueUrl: "http://orders" });
});

test.each(SERVICE_NAMES)("%s binds every operation that one of its files exports", async (name) => {
  const entry: ServiceEntry = SERVICES[name];
  const { operations } = readServiceModel(await entry.client());
  const bound = Object.keys((await entry.factory())(idleCloud()).operations);
  const exported = new Set<string>();
  for (const path of globSync("**/*.ts", { cwd: `${SERVICES_FOLDER}/${name}` })) {
    const module = (await import(`${SERVICES_FOLDER}/${name}/${path}`)) as Record<string, unknown>;
    for (const [key, value] of Object.entries(module))
      if (typeof value === "function") exported.add(key.charAt(0).toUpperCase() + key.slice(1));
  }
  expect(bound.length).toBeGreaterThan(0);
  expect([...operations.keys()].filter((operation) => exported.has(operation) && !bound.includes(operation))).toEqual(
    [],
  );
});

/** Enough of a cloud to build a service that is never started. */
function idleCloud(): Cloud {
  return {
    account: "000000000000",
    partition: "aws",
    clock: new AdjustableClock(),
    store: openStore(":memory:"),
    blobs: new BlobStore(tmpdir()),
    endpoint: "http://127.0.0.1:1",
    scratchFolder: tmpdir(),
    admit: () => undefined,
    findMissingPermission: () => undefined,
    findDenial: () => Promise.resolve(undefined),
    call: () => Promise.reject(new Error("A service calls nothing before it is started.")),
    log: () => undefined,
  };
}

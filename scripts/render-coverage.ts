import { tmpdir } from "node:os";
import { BlobStore } from "../lib/local/state/blobs.ts";
import { AdjustableClock } from "../lib/local/state/clock.ts";
import { SERVICES } from "../lib/local/registry.ts";
import type { Cloud, LocalService, ServiceFactory, ServiceName } from "../lib/local/service.ts";
import { carriedTypeNames, resourceType } from "../lib/local/services/cloudformation/types/registry.ts";
import { openStore } from "../lib/local/state/store.ts";

/** The page of every operation and resource type that the local cloud supports. */
export async function renderCoverage(): Promise<string> {
  const names = (Object.keys(SERVICES) as ServiceName[]).toSorted();
  const [kept, real] = [true, false].map((wanted) =>
    carriedTypeNames().filter((name) => (resourceType(name)?.kept ?? false) === wanted),
  ) as [string[], string[]];
  return [
    "# What the local cloud supports",
    "",
    "This page is made from the code: `node scripts/document-coverage.ts`. An operation that is not listed answers 501 with",
    "its name. A template with a resource type that is not listed is refused by name before anything is made.",
    "",
    "## Operations",
    "",
    ...(await Promise.all(names.map(renderService))).flat(),
    "## Resource types of CloudFormation",
    "",
    ...real.map((name) => `- \`${name}\``),
    "",
    "Kept, no effect: answered for with plausible attributes, as they mean nothing on a laptop.",
    "",
    ...kept.map((name) => `- \`${name}\``),
    "",
  ].join("\n");
}

async function renderService(name: ServiceName): Promise<string[]> {
  const { carried, known } = await listOperations(name);
  return [`### ${name}: ${carried.length} of ${known.length}`, "", carried.map((one) => `\`${one}\``).join(", "), ""];
}

/** The operations that the SDK's client has, and those of them that the local cloud answers. */
export async function listOperations(name: ServiceName): Promise<{ carried: string[]; known: string[] }> {
  const { client, factory } = SERVICES[name];
  const commands = Object.keys(await client()).filter((key) => /^[A-Z]\w*Command$/.test(key));
  const known = commands.map((key) => key.replace(/Command$/, ""));
  const { operations }: LocalService = ((await factory()) as ServiceFactory)(imaginedCloud());
  return { carried: known.filter((one) => Object.hasOwn(operations, one)).toSorted(), known };
}

/** A cloud that services can be made for, and not started with. */
function imaginedCloud(): Cloud {
  return {
    account: "000000000000",
    partition: "aws",
    clock: new AdjustableClock(),
    store: openStore(":memory:"),
    blobs: new BlobStore(tmpdir()),
    endpoint: "http://127.0.0.1:0",
    scratchFolder: tmpdir(),
    admit: () => undefined,
    findMissingPermission: () => undefined,
    findDenial: () => Promise.resolve(undefined),
    call: () => Promise.reject(new Error("nothing is called while services are listed")),
    log: () => undefined,
  };
}

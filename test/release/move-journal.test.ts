import { CreateBucketCommand, DeleteObjectCommand, PutBucketVersioningCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { Aws } from "../../lib/aws/aws.ts";
import { leftBehind, moveJournal } from "../../lib/release/aws/move-journal.ts";
import { JournalStore } from "../../lib/release/aws/journal-store.ts";
import { S3Journal } from "../../lib/release/aws/s3-journal.ts";
import type { JournalDocument } from "../../lib/release/ports/journal-port.ts";
import { startTestCloud, type TestCloud } from "../helpers/cloud.ts";
import { CountingProxy } from "../helpers/counting-proxy.ts";

const ACCOUNT = "000000000000";
const CLOCK = { now: () => 1_000 };
const DOCUMENT: JournalDocument = {
  format: 1,
  app: "shop",
  stage: "prod",
  writeId: "anna/7",
  fence: 7,
  sequence: 3,
  requests: [],
  history: [],
  pending: [],
  outbox: [],
};

let cloud: TestCloud;
let proxy: CountingProxy;
let aws: Aws;
let s3: S3Client;
let round = 0;

beforeAll(async () => {
  cloud = await startTestCloud();
  proxy = await CountingProxy.start(cloud.endpoint);
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  aws = new Aws({ region: "us-east-1", endpoint: proxy.endpoint, credentials });
  s3 = cloud.client(S3Client, { forcePathStyle: true });
});

afterAll(async () => {
  await aws.close();
  await proxy.stop();
  await cloud.stop();
});

beforeEach(async () => {
  round += 1;
  proxy.faultOf = () => undefined;
  for (const Bucket of [from().bucket, to().bucket]) {
    await s3.send(new CreateBucketCommand({ Bucket }));
    const VersioningConfiguration = { Status: "Enabled" } as const;
    await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
  }
});

const from = () => ({ bucket: `old-${round}`, account: ACCOUNT, app: "shop", stage: "prod" });
const to = () => ({ bucket: `new-${round}`, account: ACCOUNT, app: "shop", stage: "prod" });

async function fill(document: JournalDocument = DOCUMENT): Promise<void> {
  const store = new JournalStore(aws, from());
  await store.put("log/one.ndjson", '{"seq":1}\n', { IfNoneMatch: "*" });
  await store.put("stage/abc.json", "{}", { IfNoneMatch: "*" });
  await store.put("release.json", JSON.stringify(document), { IfNoneMatch: "*" });
}

/** Lets so many S3 calls through, and refuses the rest, as those of a process that was killed. */
function dieAfter(count: number): void {
  let left = count;
  proxy.faultOf = () => (left-- > 0 ? undefined : { status: 400, body: "<Error><Code>Killed</Code></Error>" });
}

async function expectMoved(): Promise<void> {
  const found = await new S3Journal(aws, to()).read();
  expect(found?.document).toEqual(DOCUMENT);
  expect((await new JournalStore(aws, to()).list()).toSorted()).toEqual([
    "log/one.ndjson",
    "release.json",
    "stage/abc.json",
  ]);
  await expect(new S3Journal(aws, from()).read()).rejects.toMatchObject({ code: "JournalMoved" });
}

describe("a journal that is moved to another bucket", () => {
  test("is there whole, and what is left is refused by those who look there", async () => {
    await fill();
    await moveJournal(aws, from(), to(), CLOCK);
    await expectMoved();
    expect(await leftBehind(new JournalStore(aws, from()))).toBe("nothing");
    await moveJournal(aws, from(), to(), CLOCK);
    await expectMoved();
  });

  test("is found by the next deployer, wherever the process is killed", async () => {
    await fill();
    const start = proxy.calls.length;
    await moveJournal(aws, from(), to(), CLOCK);
    const calls = proxy.calls.length - start;
    expect(calls).toBeGreaterThan(7);
    for (let kill = 0; kill < calls; kill++) {
      round += 1_000;
      for (const Bucket of [from().bucket, to().bucket]) {
        await s3.send(new CreateBucketCommand({ Bucket }));
        const VersioningConfiguration = { Status: "Enabled" } as const;
        await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
      }
      await fill();
      dieAfter(kill);
      await expect(moveJournal(aws, from(), to(), CLOCK)).rejects.toMatchObject({ statusCode: 400 });
      proxy.faultOf = () => undefined;
      expect(await leftBehind(new JournalStore(aws, from()))).not.toBe("nothing");
      await moveJournal(aws, from(), to(), CLOCK);
      await expectMoved();
    }
  });

  test("survives two deployers that move it at the same time, and a write in between", async () => {
    await fill();
    const ends = await Promise.allSettled([1, 2, 3, 4].map(() => moveJournal(aws, from(), to(), CLOCK)));
    expect(ends.map(({ status }) => status)).toEqual(Array.from({ length: 4 }, () => "fulfilled"));
    await expectMoved();
    const stale = await new S3Journal(aws, from())
      .write(DOCUMENT, '"a tag from before"')
      .catch((error: unknown) => error);
    expect(stale).toMatchObject({ code: "JournalMoved" });
    await expectMoved();
  });

  test("waits for a driver that is alive", async () => {
    await fill({ ...DOCUMENT, lock: { holder: "h", actor: "anna", since: 0, leaseUntil: 60_000 } });
    await expect(moveJournal(aws, from(), to(), CLOCK)).rejects.toMatchObject({ code: "DeployerBusy" });
    expect(await new S3Journal(aws, to()).read()).toBeUndefined();
  });

  test("is not restored from the old place, once it was at its new place and is gone", async () => {
    await fill();
    const store = new JournalStore(aws, from());
    await moveJournal(aws, from(), to(), CLOCK);
    const left = { format: 2, movedTo: "s3://new/release.json", document: { ...DOCUMENT, fence: 1 } };
    const tag = (await store.get("release.json"))!.tag;
    await store.put("release.json", JSON.stringify(left), { IfMatch: tag });
    await s3.send(new DeleteObjectCommand({ Bucket: to().bucket, Key: store.key("release.json") }));
    await moveJournal(aws, from(), to(), CLOCK);
    expect(await new S3Journal(aws, to()).read()).toBeUndefined();
    expect((await new S3Journal(aws, to()).salvage()).earlier).toEqual(DOCUMENT);
  });
});

test("every call on the journal's buckets names the account that must own them", async () => {
  await fill();
  const start = proxy.calls.length;
  await moveJournal(aws, from(), to(), CLOCK);
  await new S3Journal(aws, to()).salvage();
  expect(proxy.calls.length - start).toBeGreaterThan(8);
  const other = { ...to(), account: "111111111111" };
  await expect(new S3Journal(aws, other).read()).rejects.toMatchObject({ statusCode: 403 });
  await expect(new S3Journal(aws, other).keep("text")).rejects.toMatchObject({ statusCode: 403 });
  await expect(new JournalStore(aws, other).list()).rejects.toMatchObject({ statusCode: 403 });
  await expect(new JournalStore(aws, other).versions("release.json")).rejects.toMatchObject({ statusCode: 403 });
});

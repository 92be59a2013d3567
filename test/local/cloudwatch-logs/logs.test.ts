import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DeleteLogGroupCommand,
  DeleteLogStreamCommand,
  DescribeLogGroupsCommand,
  DescribeLogStreamsCommand,
  DescribeResourcePoliciesCommand,
  FilterLogEventsCommand,
  GetLogEventsCommand,
  ListTagsForResourceCommand,
  PutLogEventsCommand,
  PutResourcePolicyCommand,
  PutRetentionPolicyCommand,
  StartLiveTailCommand,
  TagLogGroupCommand,
  UntagResourceCommand,
  type InputLogEvent,
} from "@aws-sdk/client-cloudwatch-logs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";

let cloud: TestCloud;
let logs: CloudWatchLogsClient;
let count = 0;

beforeAll(async () => {
  cloud = await startTestCloud();
  logs = cloud.client(CloudWatchLogsClient);
});
afterAll(() => cloud.stop());

async function newGroup(streams: readonly string[] = ["one"]): Promise<string> {
  const logGroupName = `/test/${++count}`;
  await logs.send(new CreateLogGroupCommand({ logGroupName }));
  for (const logStreamName of streams) await logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName }));
  return logGroupName;
}

function put(logGroupName: string, logEvents: InputLogEvent[], logStreamName = "one") {
  return logs.send(new PutLogEventsCommand({ logGroupName, logStreamName, logEvents }));
}

function lines(fromMs: number, amount: number, text = "line"): InputLogEvent[] {
  return Array.from({ length: amount }, (_, at) => ({ timestamp: fromMs + at, message: `${text} ${at}` }));
}

describe("groups and streams", () => {
  test("are described as AWS describes them", async () => {
    const name = await newGroup();
    await logs.send(new PutRetentionPolicyCommand({ logGroupName: name, retentionInDays: 7 }));
    const { logGroups } = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: name, limit: 1 }));
    const arn = `arn:aws:logs:us-east-1:000000000000:log-group:${name}`;
    expect(logGroups).toEqual([
      {
        arn: `${arn}:*`,
        creationTime: expect.any(Number) as number,
        logGroupArn: arn,
        logGroupClass: "STANDARD",
        logGroupName: name,
        metricFilterCount: 0,
        retentionInDays: 7,
        storedBytes: 0,
      },
    ]);
    const { logStreams } = await logs.send(new DescribeLogStreamsCommand({ logGroupName: name }));
    expect(logStreams).toEqual([
      {
        arn: `${arn}:log-stream:one`,
        creationTime: expect.any(Number) as number,
        logStreamName: "one",
        storedBytes: 0,
      },
    ]);
  });

  test("fails when they are there already, or are not there", async () => {
    const logGroupName = await newGroup();
    await expect(logs.send(new CreateLogGroupCommand({ logGroupName }))).rejects.toMatchObject({
      name: "ResourceAlreadyExistsException",
      message: "The specified log group already exists",
    });
    await expect(logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName: "one" }))).rejects.toMatchObject({
      message: "The specified log stream already exists",
    });
    await expect(put("/nowhere", lines(cloud.clock.now(), 1))).rejects.toMatchObject({
      name: "ResourceNotFoundException",
      message: "The specified log group does not exist.",
    });
    await expect(put(logGroupName, lines(cloud.clock.now(), 1), "two")).rejects.toMatchObject({
      name: "ResourceNotFoundException",
      message: "The specified log stream does not exist.",
    });
  });

  test("are found by a pattern in any case, page by page", async () => {
    for (const end of ["A", "b", "C"])
      await logs.send(new CreateLogGroupCommand({ logGroupName: `/pattern/Shop-${end}` }));
    const first = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePattern: "SHOP", limit: 2 }));
    const second = await logs.send(
      new DescribeLogGroupsCommand({ logGroupNamePattern: "SHOP", limit: 2, nextToken: first.nextToken! }),
    );
    expect([...first.logGroups!, ...second.logGroups!].map((group) => group.logGroupName)).toEqual([
      "/pattern/Shop-A",
      "/pattern/Shop-C",
      "/pattern/Shop-b",
    ]);
    expect(second.nextToken).toBeUndefined();
  });

  test("streams are ordered by their last event", async () => {
    const logGroupName = await newGroup(["a", "b", "c"]);
    const now = cloud.clock.now();
    await put(logGroupName, lines(now - 1000, 1), "c");
    await put(logGroupName, lines(now, 1), "a");
    const { logStreams } = await logs.send(
      new DescribeLogStreamsCommand({ logGroupName, orderBy: "LastEventTime", descending: true }),
    );
    expect(logStreams?.map((stream) => stream.logStreamName)).toEqual(["a", "c", "b"]);
    expect(logStreams?.[0]).toMatchObject({ firstEventTimestamp: now, lastEventTimestamp: now });
  });

  test("take their events with them", async () => {
    const logGroupName = await newGroup(["one", "two"]);
    await put(logGroupName, lines(cloud.clock.now(), 3));
    await logs.send(new DeleteLogStreamCommand({ logGroupName, logStreamName: "one" }));
    const { events } = await logs.send(new FilterLogEventsCommand({ logGroupName }));
    expect(events).toEqual([]);
    await logs.send(new DeleteLogGroupCommand({ logGroupName }));
    await expect(logs.send(new DescribeLogStreamsCommand({ logGroupName }))).rejects.toMatchObject({
      name: "ResourceNotFoundException",
    });
  });

  test("are tagged by name and by ARN", async () => {
    const logGroupName = await newGroup();
    const resourceArn = `arn:aws:logs:us-east-1:000000000000:log-group:${logGroupName}`;
    await logs.send(new TagLogGroupCommand({ logGroupName, tags: { a: "1", b: "2" } }));
    await logs.send(new UntagResourceCommand({ resourceArn, tagKeys: ["a"] }));
    expect((await logs.send(new ListTagsForResourceCommand({ resourceArn }))).tags).toEqual({ b: "2" });
  });

  test("have resource policies of the account", async () => {
    const policyDocument = JSON.stringify({ Version: "2012-10-17", Statement: [] });
    await logs.send(new PutResourcePolicyCommand({ policyName: "p", policyDocument }));
    const { resourcePolicies } = await logs.send(new DescribeResourcePoliciesCommand({}));
    expect(resourcePolicies).toEqual([
      { policyName: "p", policyDocument, policyScope: "ACCOUNT", lastUpdatedTime: expect.any(Number) as number },
    ]);
  });
});

describe("PutLogEvents", () => {
  test("leaves out what is too old, expired or too new, and says where", async () => {
    const logGroupName = await newGroup();
    const now = cloud.clock.now();
    const day = 86_400_000;
    const old = await put(logGroupName, lines(now - 15 * day, 2));
    expect(old.rejectedLogEventsInfo).toEqual({ tooOldLogEventEndIndex: 2 });
    const late = await put(logGroupName, [...lines(now, 1), { timestamp: now + 3 * 3_600_000, message: "late" }]);
    expect(late.rejectedLogEventsInfo).toEqual({ tooNewLogEventStartIndex: 1 });
    await logs.send(new PutRetentionPolicyCommand({ logGroupName, retentionInDays: 1 }));
    const expired = await put(logGroupName, [
      ...lines(now - day - 5000, 1),
      { timestamp: now - day + 60_000, message: "kept" },
    ]);
    expect(expired.rejectedLogEventsInfo).toEqual({ expiredLogEventEndIndex: 1 });
  });

  test.each([
    ["out of order", (now: number) => [...lines(now, 1), ...lines(now - 5, 1)], "chronological order"],
    ["over more than a day", (now: number) => [...lines(now - 86_400_001, 1), ...lines(now, 1)], "24 hours"],
    [
      "larger than a megabyte",
      (now: number) => [{ timestamp: now, message: "x".repeat(1_048_576) }],
      "Upload too large: 1048602 bytes exceeds limit of 1048576",
    ],
    ["empty", () => [], "failed to satisfy constraint"],
  ])("fails when the batch is %s", async (_what, events, message) => {
    const logGroupName = await newGroup();
    await expect(put(logGroupName, events(cloud.clock.now()))).rejects.toMatchObject({
      name: "InvalidParameterException",
      message: expect.stringContaining(message) as string,
    });
  });
});

describe("GetLogEvents", () => {
  test("reads the tail first and goes both ways by its tokens", async () => {
    const logGroupName = await newGroup();
    const now = cloud.clock.now();
    await put(logGroupName, lines(now, 10));
    const get = async (more: object) => {
      const page = await logs.send(new GetLogEventsCommand({ logGroupName, logStreamName: "one", limit: 4, ...more }));
      return { ...page, texts: page.events!.map((event) => event.message) };
    };
    const tail = await get({});
    expect(tail.texts).toEqual(["line 6", "line 7", "line 8", "line 9"]);
    const before = await get({ nextToken: tail.nextBackwardToken });
    expect(before.texts).toEqual(["line 2", "line 3", "line 4", "line 5"]);
    const again = await get({ nextToken: before.nextForwardToken });
    expect(again.texts).toEqual(tail.texts);
    const end = await get({ nextToken: again.nextForwardToken });
    expect(end.texts).toEqual([]);
    expect(end.nextForwardToken).toBe(again.nextForwardToken);
    await put(logGroupName, [{ timestamp: now + 100, message: "new" }]);
    expect((await get({ nextToken: end.nextForwardToken })).texts).toEqual(["new"]);
    const head = await get({ startFromHead: true, startTime: now + 1, endTime: now + 3 });
    expect(head.texts).toEqual(["line 1", "line 2"]);
    expect(head.nextForwardToken).toMatch(/^f\/\d{56}\/s$/);
  });

  test("hides expired events, and deletes them", async () => {
    const own = await startTestCloud();
    const client = own.client(CloudWatchLogsClient);
    const names = { logGroupName: "g", logStreamName: "s" };
    await client.send(new CreateLogGroupCommand(names));
    await client.send(new CreateLogStreamCommand(names));
    await client.send(new PutRetentionPolicyCommand({ logGroupName: "g", retentionInDays: 1 }));
    await client.send(new PutLogEventsCommand({ ...names, logEvents: lines(own.clock.now(), 3) }));
    await own.clock.advance(26 * 3_600_000);
    expect((await client.send(new GetLogEventsCommand(names))).events).toEqual([]);
    const { logGroups } = await client.send(new DescribeLogGroupsCommand({}));
    expect(logGroups?.[0]?.storedBytes).toBe(0);
    await own.stop();
  });
});

describe("FilterLogEvents", () => {
  test("merges streams by time and filters by pattern, time and stream", async () => {
    const logGroupName = await newGroup(["one", "two"]);
    const now = cloud.clock.now();
    await put(logGroupName, [
      { timestamp: now, message: "ERROR a" },
      { timestamp: now + 2, message: "INFO b" },
    ]);
    await put(logGroupName, [{ timestamp: now + 1, message: "ERROR c" }], "two");
    const filter = async (more: object) =>
      (await logs.send(new FilterLogEventsCommand({ logGroupName, ...more }))).events!.map((event) => event.message);
    expect(await filter({})).toEqual(["ERROR a", "ERROR c", "INFO b"]);
    expect(await filter({ filterPattern: "ERROR" })).toEqual(["ERROR a", "ERROR c"]);
    expect(await filter({ logStreamNamePrefix: "tw" })).toEqual(["ERROR c"]);
    expect(await filter({ startTime: now + 1, endTime: now + 2 })).toEqual(["ERROR c", "INFO b"]);
    const first = await logs.send(new FilterLogEventsCommand({ logGroupName, limit: 2 }));
    expect(await filter({ limit: 2, nextToken: first.nextToken! })).toEqual(["INFO b"]);
    expect(first.events?.[0]).toMatchObject({
      logStreamName: "one",
      eventId: expect.stringMatching(/^\d{56}$/) as string,
    });
  });

  test("fails when the limit or the token is not AWS's", async () => {
    const logGroupName = await newGroup();
    await expect(logs.send(new FilterLogEventsCommand({ logGroupName, limit: 10_001 }))).rejects.toMatchObject({
      name: "InvalidParameterException",
      message:
        "1 validation error detected: Value '10001' at 'limit' failed to satisfy constraint: Member must have value less than or equal to 10000",
    });
    await expect(logs.send(new FilterLogEventsCommand({ logGroupName, nextToken: "x" }))).rejects.toMatchObject({
      message: "The specified nextToken is invalid.",
    });
  });
});

test("a live tail shows what comes in", async () => {
  const logGroupName = await newGroup();
  const client = cloud.client(CloudWatchLogsClient, { disableHostPrefix: true });
  const { responseStream } = await client.send(
    new StartLiveTailCommand({
      logGroupIdentifiers: [`arn:aws:logs:us-east-1:000000000000:log-group:${logGroupName}`],
      logEventFilterPattern: "ERROR",
    }),
  );
  const seen: string[] = [];
  for await (const event of responseStream!) {
    if (event.sessionStart)
      await put(logGroupName, [
        { timestamp: cloud.clock.now(), message: "INFO x" },
        { timestamp: cloud.clock.now(), message: "ERROR y" },
      ]);
    seen.push(...(event.sessionUpdate?.sessionResults ?? []).map((result) => result.message!));
    if (seen.length > 0) break;
  }
  expect(seen).toEqual(["ERROR y"]);
});

import {
  CancelReplayCommand,
  CreateArchiveCommand,
  CreateEventBusCommand,
  DeleteArchiveCommand,
  DescribeArchiveCommand,
  DescribeReplayCommand,
  ListArchivesCommand,
  ListReplaysCommand,
  StartReplayCommand,
  UpdateArchiveCommand,
  type StartReplayCommandInput,
} from "@aws-sdk/client-eventbridge";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { eventually, startEvents, type EventsFixture } from "./events-fixture.ts";
import { openQueues, type QueueFixture } from "./queue-fixture.ts";

let fixture: EventsFixture;
let queues: QueueFixture;
const BUS = "arn:aws:events:us-east-1:000000000000:event-bus/default";
const ARCHIVE = "arn:aws:events:us-east-1:000000000000:archive/shop";
const at = (text: string) => new Date(`2026-11-${text}Z`);
const RANGE = { EventStartTime: at("10T00:00:00"), EventEndTime: at("12T00:00:00") };

beforeAll(async () => {
  fixture = await startEvents();
  queues = openQueues(fixture.cloud);
  const Arn = await queues.make("all");
  const other = await queues.make("other");
  await fixture.rule("all", { source: ["shop"] }, { Arn });
  await fixture.rule("other", { source: ["shop"] }, { Arn: other });
  const EventPattern = '{"source":["shop"]}';
  await fixture.events.send(new CreateArchiveCommand({ ArchiveName: "shop", EventSourceArn: BUS, EventPattern }));
  for (const [Source, day] of [
    ["shop", "09T12:00:00"],
    ["shop", "11T12:00:00"],
    ["shop", "10T12:00:00"],
    ["bank", "10T13:00:00"],
  ] as const)
    await fixture.put({ Source, DetailType: day, Detail: "{}", Time: at(day) });
  await queues.take("all", 3);
  await queues.take("other", 3);
});

afterAll(() => fixture.cloud.stop());

const replay = (input: Partial<StartReplayCommandInput>) =>
  fixture.events.send(
    new StartReplayCommand({
      ReplayName: "again",
      EventSourceArn: ARCHIVE,
      Destination: { Arn: BUS },
      ...RANGE,
      ...input,
    }),
  );
const describeReplay = (ReplayName: string) => fixture.events.send(new DescribeReplayCommand({ ReplayName }));

describe("an archive", () => {
  test("counts what it holds", async () => {
    const { $metadata: _, ...described } = await fixture.events.send(
      new DescribeArchiveCommand({ ArchiveName: "shop" }),
    );
    expect(described).toMatchObject({
      ArchiveArn: ARCHIVE,
      EventSourceArn: BUS,
      EventPattern: '{"source":["shop"]}',
      State: "ENABLED",
      RetentionDays: 0,
      EventCount: 3,
    });
    expect(described.SizeBytes).toBeGreaterThan(300);
  });

  test("drops events that are older than its retention", async () => {
    const ArchiveName = "brief";
    await fixture.events.send(new CreateArchiveCommand({ ArchiveName, EventSourceArn: BUS, RetentionDays: 1 }));
    await fixture.put({ Source: "brief", DetailType: "t", Detail: "{}" });
    const count = async () => (await fixture.events.send(new DescribeArchiveCommand({ ArchiveName }))).EventCount;
    expect(await count()).toBe(1);
    await fixture.cloud.clock.advance(25 * 3_600_000);
    expect(await count()).toBe(0);
    const { Archives } = await fixture.events.send(new ListArchivesCommand({ NamePrefix: "br" }));
    expect(Archives).toMatchObject([{ ArchiveName, RetentionDays: 1, State: "ENABLED" }]);
    await fixture.events.send(new DeleteArchiveCommand({ ArchiveName }));
  });

  test.each([
    [new CreateArchiveCommand({ ArchiveName: "shop", EventSourceArn: BUS }), "Archive shop already exists."],
    [new CreateArchiveCommand({ ArchiveName: "x", EventSourceArn: `${BUS}x` }), "Event bus defaultx does not exist."],
    [new DeleteArchiveCommand({ ArchiveName: "no" }), "Archive no does not exist."],
    [new ListArchivesCommand({ EventSourceArn: `${BUS}x` }), "Event bus defaultx does not exist."],
    [
      new UpdateArchiveCommand({ ArchiveName: "no" }),
      "At least one of EventPattern, RetentionDays or Description must be provided.",
    ],
  ])("fails in AWS's words, case %#", async (command, message) => {
    await expect(fixture.events.send(command as CreateArchiveCommand)).rejects.toMatchObject({ message });
  });
});

describe("a replay", () => {
  test("sends the stretch's events once more, by time, to the rules that it names", async () => {
    const FilterArns = ["arn:aws:events:us-east-1:000000000000:rule/all"];
    const started = await replay({ Destination: { Arn: BUS, FilterArns } });
    expect(started).toMatchObject({ State: "STARTING", ReplayArn: ARCHIVE.replace("archive/shop", "replay/again") });
    const bodies = (await queues.take("all", 2)).map(({ Body }) => JSON.parse(Body!) as Record<string, string>);
    expect(new Set(bodies.map((body) => `${body["replay-name"]} ${body["detail-type"]}`))).toEqual(
      new Set(["again 10T12:00:00", "again 11T12:00:00"]),
    );
    await eventually(async () => (await describeReplay("again")).State === "COMPLETED");
    expect(await describeReplay("again")).toMatchObject({
      ReplayName: "again",
      EventSourceArn: ARCHIVE,
      Destination: { Arn: BUS, FilterArns },
      ...RANGE,
      EventLastReplayedTime: at("11T12:00:00"),
    });
    expect(await queues.peek("other")).toEqual([]);
    const { EventCount } = await fixture.events.send(new DescribeArchiveCommand({ ArchiveName: "shop" }));
    expect(EventCount).toBe(3);
    const { Replays } = await fixture.events.send(new ListReplaysCommand({ NamePrefix: "ag" }));
    expect(Replays).toMatchObject([{ ReplayName: "again", State: "COMPLETED" }]);
    await expect(fixture.events.send(new CancelReplayCommand({ ReplayName: "again" }))).rejects.toMatchObject({
      name: "IllegalStatusException",
    });
  });

  test("fails in AWS's words", async () => {
    await fixture.events.send(new CreateEventBusCommand({ Name: "b" }));
    const refusals: [Partial<StartReplayCommandInput>, string][] = [
      [
        { EventSourceArn: `${ARCHIVE}x` },
        "Parameter EventSourceArn is not valid. Reason: Archive shopx does not exist.",
      ],
      [{ Destination: { Arn: `${BUS}x` } }, "Event bus defaultx does not exist."],
      [
        { Destination: { Arn: BUS.replace("default", "b") } },
        "Parameter Destination.Arn is not valid. Reason: Cross event bus replay is not permitted.",
      ],
      [
        { EventEndTime: RANGE.EventStartTime },
        "Parameter EventEndTime is not valid. Reason: EventStartTime must be before EventEndTime.",
      ],
    ];
    for (const [input, message] of refusals)
      await expect(replay({ ReplayName: "new", ...input })).rejects.toMatchObject({ message });
    await expect(replay({})).rejects.toMatchObject({ message: "Replay again already exists." });
    await expect(describeReplay("none")).rejects.toMatchObject({ message: "Replay none does not exist." });
  });
});

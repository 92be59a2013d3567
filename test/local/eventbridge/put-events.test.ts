import { PutEventsCommand, type PutEventsRequestEntry } from "@aws-sdk/client-eventbridge";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { eventually, startEvents, type EventsFixture } from "./events-fixture.ts";

let fixture: EventsFixture;

beforeAll(async () => {
  fixture = await startEvents();
});

afterAll(() => fixture.cloud.stop());

const ENTRY: PutEventsRequestEntry = { Source: "shop", DetailType: "order", Detail: '{"id":7}' };
const put = (...Entries: PutEventsRequestEntry[]) => fixture.events.send(new PutEventsCommand({ Entries }));

describe("PutEvents", () => {
  test("gives a function the event as AWS lays it out, for the rules that it matches", async () => {
    const Arn = await fixture.listener("orders");
    await fixture.rule("orders", { source: ["shop"], detail: { id: [{ numeric: [">", 5] }] } }, { Arn });
    const Time = new Date("2024-07-11T13:56:06.789Z");
    const answer = await put({ ...ENTRY, Time, Resources: ["a"] }, { ...ENTRY, Detail: '{"id":1}' });
    expect(answer.FailedEntryCount).toBe(0);
    await eventually(async () => (await fixture.heard("orders")).length > 0);
    const heard = await fixture.heard("orders");
    expect(heard).toEqual([
      {
        version: "0",
        id: answer.Entries![0]!.EventId,
        "detail-type": "order",
        source: "shop",
        account: "000000000000",
        time: "2024-07-11T13:56:06Z",
        region: "us-east-1",
        resources: ["a"],
        detail: { id: 7 },
      },
    ]);
    expect(Object.keys(heard[0] as object).join()).toBe(
      "version,id,detail-type,source,account,time,region,resources,detail",
    );
  });

  test("judges each entry for itself", async () => {
    const { Entries, FailedEntryCount } = await put(
      ENTRY,
      { ...ENTRY, Source: undefined },
      { ...ENTRY, DetailType: "" },
      { ...ENTRY, Detail: undefined },
      { ...ENTRY, Detail: "[1]" },
      { ...ENTRY, Detail: '"text"' },
      { ...ENTRY, Detail: "{" },
      { ...ENTRY, Detail: `{"a":${"[".repeat(2000)}${"]".repeat(2000)}}` },
      { ...ENTRY, Source: "aws.s3" },
      { ...ENTRY, EventBusName: "nowhere" },
    );
    expect(FailedEntryCount).toBe(8);
    expect(Entries!.map(({ ErrorCode, ErrorMessage }) => [ErrorCode, ErrorMessage])).toEqual([
      [undefined, undefined],
      ["InvalidArgument", "Parameter Source is not valid. Reason: Source is a required argument."],
      ["InvalidArgument", "Parameter DetailType is not valid. Reason: DetailType is a required argument."],
      ["InvalidArgument", "Parameter Detail is not valid. Reason: Detail is a required argument."],
      ["MalformedDetail", "Detail is malformed."],
      ["MalformedDetail", "Detail is malformed."],
      ["MalformedDetail", "Detail is malformed."],
      ["MalformedDetail", "Detail is malformed."],
      ["NotAuthorizedForSourceException", "Not authorized for the source."],
      [undefined, undefined],
    ]);
  });

  test("takes events with sources of AWS's own from the cloud's services alone", async () => {
    const { Entries } = await fixture.cloud.call("eventbridge", "PutEvents", {
      Entries: [{ ...ENTRY, Source: "aws.s3" }],
    });
    expect(Entries![0]!.ErrorCode).toBeUndefined();
  });

  test("fails when there are too many entries, in AWS's words", async () => {
    const one = `PutEventsRequestEntry(time=null, source=shop, resources=null, detailType=order, detail={"id":7}, eventBusName=b, traceHeader=null, kmsKeyIdentifier=null, internalMetadata=null)`;
    const entries = Array.from({ length: 11 }, () => ({ ...ENTRY, EventBusName: "b" }));
    await expect(put(...entries)).rejects.toMatchObject({
      name: "ValidationException",
      message: `1 validation error detected: Value '[${entries.map(() => one).join(", ")}]' at 'entries' failed to satisfy constraint: Member must have length less than or equal to 10`,
    });
  });

  test("fails when the entries are too big together", async () => {
    await expect(put({ ...ENTRY, Detail: JSON.stringify({ a: "x".repeat(256 * 1024) }) })).rejects.toMatchObject({
      name: "ValidationException",
      message: "Total size of the entries in the request is over the limit.",
    });
  });
});

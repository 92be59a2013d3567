import { describe, expect, it } from "vitest";
import { KeptEvents } from "../../../lib/local/services/lambda/invoke/kept-events.ts";

const target = (name: string): Parameters<KeptEvents["keep"]>[0] =>
  ({ ref: { region: "us-east-1", name }, version: { version: "1" } }) as Parameters<KeptEvents["keep"]>[0];
const event = (index: number, bytes = 2) => ({ requestId: `r${index}`, at: index, payload: Buffer.alloc(bytes, "1") });
const ids = (events: KeptEvents, name: string) =>
  events.of({ region: "us-east-1", name }).map(({ requestId }) => requestId);

describe("the events that the local cloud keeps", () => {
  it("are the last 100 of a function, newest first", () => {
    const events = new KeptEvents();
    for (let index = 0; index < 150; index++) events.keep(target("a"), event(index));
    events.keep(target("b"), event(1));
    expect(ids(events, "a")).toHaveLength(100);
    expect(ids(events, "a")[0]).toBe("r149");
    expect(ids(events, "b")).toEqual(["r1"]);
  });

  it("take 32 MB over all functions: those that ran longest ago lose theirs first", () => {
    const events = new KeptEvents();
    const size = 5 * 1024 * 1024;
    events.keep(target("old"), event(1, size));
    for (let index = 0; index < 6; index++) events.keep(target("new"), event(index, size));
    expect(ids(events, "old")).toEqual([]);
    expect(ids(events, "new")).toHaveLength(6);
  });
});

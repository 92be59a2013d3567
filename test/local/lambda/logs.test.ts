import { CloudWatchLogsClient, DescribeLogStreamsCommand, GetLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startLambda, type LambdaFixture } from "./lambda-fixture.ts";

let fixture: LambdaFixture;
let logs: CloudWatchLogsClient;

beforeAll(async () => {
  fixture = await startLambda();
  logs = fixture.cloud.client(CloudWatchLogsClient);
});
afterAll(() => fixture.cloud.stop());

async function messages(logGroupName: string): Promise<string[]> {
  const { logStreams } = await logs
    .send(new DescribeLogStreamsCommand({ logGroupName }))
    .catch(() => ({ logStreams: [] }));
  const all: string[] = [];
  for (const { logStreamName } of logStreams ?? []) {
    const { events } = await logs.send(new GetLogEventsCommand({ logGroupName, logStreamName, startFromHead: true }));
    all.push(...(events ?? []).map(({ message }) => message ?? ""));
  }
  return all;
}

describe("a function's log", () => {
  it("is found in its group, one stream for each instance", async () => {
    await fixture.make("logging", "exports.handler = async () => { console.log('said\\ntwice') }");
    await fixture.call("logging");
    await fixture.call("logging");
    await expect.poll(async () => (await messages("/aws/lambda/logging")).length).toBe(9);
    const all = await messages("/aws/lambda/logging");
    expect(all.map((message) => message.split(/[ \t]/)[0]?.replace(/^\d{4}-.*/, "time"))).toEqual([
      "INIT_START",
      "START",
      "time",
      "END",
      "REPORT",
      "START",
      "time",
      "END",
      "REPORT",
    ]);
    expect(all[2]).toMatch(/\tINFO\tsaid\ntwice\n$/);
  });

  it("goes to the group that is configured", async () => {
    await fixture.make("elsewhere", "exports.handler = async () => 1", { LoggingConfig: { LogGroup: "shared" } });
    await fixture.call("elsewhere");
    await expect.poll(() => messages("shared")).toHaveLength(4);
  });

  it("reports an event that timed out", async () => {
    await fixture.make("late", "exports.handler = () => { for (;;) {} }", { Timeout: 1 });
    await fixture.call("late");
    await expect
      .poll(() => messages("/aws/lambda/late"))
      .toContainEqual(expect.stringMatching(/^\d{4}-\S+Z [0-9a-f-]{36} Task timed out after 1.00 seconds\n\n$/));
  });
});

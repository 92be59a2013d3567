import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";
import { type DebianClients, debianClients, hasAwsCli, hasBoto3 } from "../../helpers/debian-clients.ts";
import { openQueues } from "./queue-fixture.ts";

let cloud: TestCloud;
let clients: DebianClients;
let queueArn: string;

beforeAll(async () => {
  cloud = await startTestCloud();
  queueArn = await openQueues(cloud).make("clients");
  clients = debianClients(cloud, { AWS_DEFAULT_REGION: "us-east-1", QUEUE: queueArn });
});

afterAll(() => cloud.stop());

const BOTO3 = `
import boto3, datetime, json, os
from botocore.exceptions import ClientError

events = boto3.client("events", endpoint_url=os.environ["ENDPOINT"])
rule = events.put_rule(Name="python", EventPattern=json.dumps({"source": ["python"]}))
targets = events.put_targets(Rule="python", Targets=[{"Id": "1", "Arn": os.environ["QUEUE"], "InputPath": "$.detail"}])
time = datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc)
entry = {"Source": "python", "DetailType": "t", "Detail": json.dumps({"from": "boto3"}), "Time": time}
put = events.put_events(Entries=[entry, {"Source": "python"}])
try:
    events.put_rule(Name="python", EventPattern='{"a": "b"}')
except events.exceptions.InvalidEventPatternException as error:
    refusal = error.response["Error"]["Message"].split("\\n")[0]
print(json.dumps({
    "rule": rule["RuleArn"],
    "failed": [targets["FailedEntryCount"], put["FailedEntryCount"], put["Entries"][1]["ErrorCode"]],
    "refusal": refusal,
    "bus": events.describe_event_bus()["CreationTime"].year > 2000,
}))
`;

describe.runIf(hasBoto3)("boto3", () => {
  test("puts rules, targets and events, and reads refusals", async () => {
    const told = await clients.boto3(BOTO3);
    expect(told).toEqual({
      rule: "arn:aws:events:us-east-1:000000000000:rule/python",
      failed: [0, 1, "InvalidArgument"],
      refusal: 'Event pattern is not valid. Reason: "a" must be an object or an array',
      bus: true,
    });
    expect((await openQueues(cloud).take("clients"))[0]!.Body).toBe('{"from":"boto3"}');
  });
});

describe.runIf(hasAwsCli)("the AWS CLI", () => {
  test("puts rules, targets and events, and lists them", async () => {
    const aws = async (...args: string[]) => {
      const shown = await clients.aws("events", ...args);
      return (shown === "" ? undefined : JSON.parse(shown)) as Record<string, unknown> | undefined;
    };
    await aws("put-rule", "--name", "cli", "--event-pattern", '{"source":["cli"]}');
    await aws("put-targets", "--rule", "cli", "--targets", `Id=1,Arn=${queueArn}`);
    const entry = JSON.stringify([{ Source: "cli", DetailType: "t", Detail: "{}" }]);
    expect(await aws("put-events", "--entries", entry)).toMatchObject({ FailedEntryCount: 0 });
    expect(JSON.parse((await openQueues(cloud).take("clients"))[0]!.Body!)).toMatchObject({ source: "cli" });
    expect(await aws("list-rules", "--name-prefix", "cli")).toMatchObject({
      Rules: [{ Name: "cli", State: "ENABLED" }],
    });
  });
});

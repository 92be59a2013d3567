import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";
import { type DebianClients, debianClients, hasAwsCli, hasBoto3 } from "../../helpers/debian-clients.ts";

let cloud: TestCloud;
let clients: DebianClients;

beforeAll(async () => {
  cloud = await startTestCloud();
  clients = debianClients(cloud);
  const iam = cloud.client(IAMClient);
  const document = (statement: object) => JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
  const Principal = { Service: "scheduler.amazonaws.com" };
  const trust = document({ Effect: "Allow", Principal, Action: "sts:AssumeRole" });
  const RoleName = "scheduler";
  await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trust }));
  const PolicyDocument = document({ Effect: "Allow", Action: "sqs:SendMessage", Resource: "*" });
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: "send", PolicyDocument }));
});
afterAll(() => cloud.stop());

const ROLE = "arn:aws:iam::000000000000:role/scheduler";

const BOTO3 = `
import boto3, json, os, time
from datetime import datetime, timezone
from botocore.exceptions import ClientError

def client(name):
    return boto3.client(name, endpoint_url=os.environ["ENDPOINT"])

def refusal(call):
    try:
        call()
    except ClientError as error:
        return [error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"]]

scheduler, sqs = client("scheduler"), client("sqs")
queue = sqs.create_queue(QueueName="python")["QueueUrl"]
arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
group = scheduler.create_schedule_group(Name="python", Tags=[{"Key": "a", "Value": "b"}])["ScheduleGroupArn"]
window = {"Mode": "OFF"}
target = {"Arn": arn, "RoleArn": "${ROLE}", "Input": "due <aws.scheduler.attempt-number>"}
made = scheduler.create_schedule(Name="now", GroupName="python", ScheduleExpression="rate(1 day)",
                                 FlexibleTimeWindow=window, Target=target)
universal = {"Arn": "arn:aws:scheduler:::aws-sdk:sqs:sendMessage", "RoleArn": "${ROLE}",
             "Input": json.dumps({"QueueUrl": queue, "MessageBody": "universal"})}
scheduler.create_schedule(Name="at", ScheduleExpression="at(2020-01-01T00:00:00)", FlexibleTimeWindow=window,
                          Target=universal, ActionAfterCompletion="DELETE")
deadline = time.time() + 20
bodies = []
while len(bodies) < 2 and time.time() < deadline:
    bodies += [each["Body"] for each in sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=1).get("Messages", [])]
scheduler.update_schedule(Name="now", GroupName="python", ScheduleExpression="cron(0 8 ? * MON-FRI *)",
                          ScheduleExpressionTimezone="Asia/Tokyo", FlexibleTimeWindow=window, Target=target,
                          StartDate=datetime(2998, 1, 1, tzinfo=timezone.utc))
found = scheduler.get_schedule(Name="now", GroupName="python")
print(json.dumps({
    "arn": made["ScheduleArn"],
    "bodies": sorted(bodies),
    "found": [found["ScheduleExpressionTimezone"], found["StartDate"].timestamp(), found["State"]],
    "listed": [each["Name"] for each in scheduler.list_schedules(GroupName="python")["Schedules"]],
    "tags": scheduler.list_tags_for_resource(ResourceArn=group)["Tags"],
    "noExpression": refusal(lambda: scheduler.create_schedule(Name="x", ScheduleExpression="cron()",
        FlexibleTimeWindow=window, Target=target)),
    "again": refusal(lambda: scheduler.create_schedule_group(Name="python")),
    "missing": refusal(lambda: scheduler.get_schedule(Name="missing")),
    "deleted": scheduler.delete_schedule_group(Name="python")["ResponseMetadata"]["HTTPStatusCode"],
}))
`;

describe.runIf(hasBoto3)("boto3", () => {
  test(
    "makes schedules that reach a queue, changes one, and is refused in AWS's codes",
    { timeout: 60_000 },
    async () => {
      expect(await clients.boto3(BOTO3)).toEqual({
        arn: "arn:aws:scheduler:eu-west-1:000000000000:schedule/python/now",
        bodies: ["due 1", "universal"],
        found: ["Asia/Tokyo", Date.parse("2998-01-01T00:00:00Z") / 1000, "ENABLED"],
        listed: ["now"],
        tags: [{ Key: "a", Value: "b" }],
        noExpression: ["ValidationException", 400],
        again: ["ConflictException", 409],
        missing: ["ResourceNotFoundException", 404],
        deleted: 200,
      });
    },
  );
});

describe.runIf(hasAwsCli)("the AWS CLI", () => {
  const aws = (...args: string[]) => clients.aws("scheduler", ...args);

  test("makes a schedule, shows it, and is refused in AWS's words", async () => {
    const target = { Arn: "arn:aws:sqs:eu-west-1:000000000000:python", RoleArn: ROLE };
    const fixed = ["--flexible-time-window", "Mode=OFF", "--target", JSON.stringify(target), "--state", "DISABLED"];
    const create = (name: string, expression: string) =>
      aws("create-schedule", "--name", name, "--schedule-expression", expression, ...fixed);
    expect(JSON.parse(await create("cli", "rate(5 minutes)"))).toEqual({
      ScheduleArn: "arn:aws:scheduler:eu-west-1:000000000000:schedule/default/cli",
    });
    expect(JSON.parse(await aws("get-schedule", "--name", "cli"))).toMatchObject({
      State: "DISABLED",
      ScheduleExpression: "rate(5 minutes)",
      FlexibleTimeWindow: { Mode: "OFF" },
    });
    await expect(create("odd", "rate(5 fortnights)")).rejects.toMatchObject({
      stderr: expect.stringContaining(
        "(ValidationException) when calling the CreateSchedule operation: Invalid Schedule Expression rate(5 fortnights).",
      ) as string,
    });
  });
});

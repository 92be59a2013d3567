import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";
import { type DebianClients, debianClients, hasAwsCli, hasBoto3 } from "../../helpers/debian-clients.ts";

let cloud: TestCloud;
let clients: DebianClients;

beforeAll(async () => {
  cloud = await startTestCloud();
  clients = debianClients(cloud);
});
afterAll(() => cloud.stop());

const BOTO3 = `
import boto3, json, os, time
from botocore.exceptions import ClientError

def client(name):
    return boto3.client(name, endpoint_url=os.environ["ENDPOINT"])

def refusal(call):
    try:
        call()
    except ClientError as error:
        return [error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"]]

sns, sqs = client("sns"), client("sqs")
topic = sns.create_topic(Name="python", Tags=[{"Key": "a", "Value": "b"}])["TopicArn"]
queue = sqs.create_queue(QueueName="python")["QueueUrl"]
arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
statement = {"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage",
             "Resource": arn, "Condition": {"ArnEquals": {"aws:SourceArn": topic}}}
sqs.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": json.dumps({"Statement": [statement]})})
subscription = sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, ReturnSubscriptionArn=True,
                             Attributes={"FilterPolicy": json.dumps({"kind": [{"prefix": "ord"}]})})["SubscriptionArn"]
text = lambda value: {"kind": {"DataType": "String", "StringValue": value}}
sns.publish(TopicArn=topic, Message="dropped", MessageAttributes=text("other"))
published = sns.publish_batch(TopicArn=topic, PublishBatchRequestEntries=[
    {"Id": "one", "Message": "kept", "Subject": "s", "MessageAttributes": text("order")}])
deadline = time.time() + 20
messages = []
while not messages and time.time() < deadline:
    messages = sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=1).get("Messages", [])
body = json.loads(messages[0]["Body"])
print(json.dumps({
    "topics": [each["TopicArn"] for each in sns.list_topics()["Topics"]],
    "tags": sns.list_tags_for_resource(ResourceArn=topic)["Tags"],
    "failed": published["Failed"],
    "sameId": published["Successful"][0]["MessageId"] == body["MessageId"],
    "body": [body["Message"], body["Subject"], body["MessageAttributes"]],
    "subscription": sns.get_subscription_attributes(SubscriptionArn=subscription)["Attributes"]["FilterPolicyScope"],
    "noTopic": refusal(lambda: sns.publish(TopicArn=topic + "x", Message="x")),
    "noName": refusal(lambda: sns.create_topic(Name="a b")),
    "notCarried": refusal(lambda: sns.list_platform_applications()),
}))
`;

describe.runIf(hasBoto3)("boto3", () => {
  test("publishes through a filter into a queue", async () => {
    const told = await clients.boto3(BOTO3);
    expect(told).toEqual({
      topics: ["arn:aws:sns:eu-west-1:000000000000:python"],
      tags: [{ Key: "a", Value: "b" }],
      failed: [],
      sameId: true,
      body: ["kept", "s", { kind: { Type: "String", Value: "order" } }],
      subscription: "MessageAttributes",
      noTopic: ["NotFound", 404],
      noName: ["InvalidParameter", 400],
      notCarried: ["NotImplemented", 501],
    });
  });
});

describe.runIf(hasAwsCli)("the AWS CLI", () => {
  const aws = (...args: string[]) => clients.aws("sns", ...args);

  test("makes a topic, publishes, and is refused in AWS's words", async () => {
    const { TopicArn } = JSON.parse(await aws("create-topic", "--name", "cli")) as { TopicArn: string };
    expect(TopicArn).toBe("arn:aws:sns:eu-west-1:000000000000:cli");
    expect(JSON.parse(await aws("publish", "--topic-arn", TopicArn, "--message", "hi"))).toEqual({
      MessageId: expect.any(String) as string,
    });
    await expect(aws("publish", "--topic-arn", TopicArn, "--message", "hi", "--subject", "a\nb")).rejects.toMatchObject(
      {
        stderr: expect.stringContaining(
          "(InvalidParameter) when calling the Publish operation: Invalid parameter: Subject",
        ),
      },
    );
  });
});

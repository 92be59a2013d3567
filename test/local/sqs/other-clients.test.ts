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
import boto3, json, os
from botocore.exceptions import ClientError

sqs = boto3.client("sqs", endpoint_url=os.environ["ENDPOINT"])

def refusal(call):
    try:
        call()
    except ClientError as error:
        return [error.response["Error"]["Code"], error.response["Error"]["Message"]]

fifo = {"FifoQueue": "true", "ContentBasedDeduplication": "true"}
queue = sqs.create_queue(QueueName="python.fifo", Attributes=fifo, tags={"a": "b"})["QueueUrl"]
sent = sqs.send_message_batch(QueueUrl=queue, Entries=[
    {"Id": "one", "MessageBody": "1", "MessageGroupId": "g",
     "MessageAttributes": {"color": {"DataType": "String", "StringValue": "blue"}}},
    {"Id": "two", "MessageBody": "2", "MessageGroupId": "g"},
])
received = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10, MessageAttributeNames=["All"], AttributeNames=["All"])
messages = received["Messages"]
sqs.change_message_visibility(QueueUrl=queue, ReceiptHandle=messages[1]["ReceiptHandle"], VisibilityTimeout=0)
sqs.delete_message(QueueUrl=queue, ReceiptHandle=messages[0]["ReceiptHandle"])
print(json.dumps({
    "sent": [entry["Id"] for entry in sent["Successful"]],
    "bodies": [message["Body"] for message in messages],
    "group": messages[0]["Attributes"]["MessageGroupId"],
    "color": messages[0]["MessageAttributes"]["color"]["StringValue"],
    "left": [message["Body"] for message in sqs.receive_message(QueueUrl=queue)["Messages"]],
    "fifo": sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["FifoQueue"])["Attributes"],
    "tags": sqs.list_queue_tags(QueueUrl=queue)["Tags"],
    "missing": refusal(lambda: sqs.get_queue_url(QueueName="none")),
    "empty": refusal(lambda: sqs.send_message_batch(QueueUrl=queue, Entries=[])),
}))
`;

describe.runIf(hasBoto3)("boto3", () => {
  test("sends, receives and deletes, and reads refusals", async () => {
    expect(await clients.boto3(BOTO3)).toMatchObject({
      sent: ["one", "two"],
      bodies: ["1", "2"],
      group: "g",
      color: "blue",
      left: ["2"],
      fifo: { FifoQueue: "true" },
      tags: { a: "b" },
      missing: [
        "AWS.SimpleQueueService.NonExistentQueue",
        expect.stringMatching(/^The specified queue does not exist/),
      ],
      empty: ["AWS.SimpleQueueService.EmptyBatchRequest", expect.any(String)],
    });
  });
});

describe.runIf(hasAwsCli)("the AWS CLI", () => {
  test("makes a queue, sends to it, reads it and purges it", async () => {
    const sqs = async (...args: string[]) => {
      const shown = await clients.aws("sqs", ...args);
      return (shown === "" ? undefined : JSON.parse(shown)) as Record<string, never> | undefined;
    };
    const made = await sqs("create-queue", "--queue-name", "cli");
    const url = String(made!["QueueUrl"]);
    await sqs("send-message", "--queue-url", url, "--message-body", "from the CLI");
    const received = await sqs("receive-message", "--queue-url", url, "--wait-time-seconds", "1");
    expect(received).toMatchObject({ Messages: [{ Body: "from the CLI" }] });
    await sqs("purge-queue", "--queue-url", url);
    expect(await sqs("receive-message", "--queue-url", url)).toBeUndefined();
  });
});

import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";
import { debianClients, hasBoto3 } from "../../helpers/debian-clients.ts";

const ACCOUNT = "000000000000";
const ROLE = `arn:aws:iam::${ACCOUNT}:role/clerk`;

let cloud: TestCloud;

beforeAll(async () => {
  cloud = await startTestCloud();
  const iam = cloud.client(IAMClient);
  const trust = { Effect: "Allow", Principal: { AWS: ACCOUNT }, Action: "sts:AssumeRole" };
  await iam.send(new CreateRoleCommand({ RoleName: "clerk", AssumeRolePolicyDocument: document(trust) }));
  const PolicyDocument = document(
    { Effect: "Allow", Action: ["s3:GetObject", "s3:PutObject"], Resource: "arn:aws:s3:::office/in/*" },
    {
      Effect: "Allow",
      Action: ["sqs:SendMessage", "sqs:GetQueueUrl"],
      Resource: `arn:aws:sqs:eu-west-1:${ACCOUNT}:desk`,
    },
    { Effect: "Allow", Action: "dynamodb:*", Resource: "*" },
    { Effect: "Deny", Action: "dynamodb:DeleteTable", Resource: "*" },
  );
  await iam.send(new PutRolePolicyCommand({ RoleName: "clerk", PolicyName: "p", PolicyDocument }));
});
afterAll(() => cloud.stop());

function document(...Statement: object[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement });
}

const BOTO3 = `
import boto3, json, os
from botocore.exceptions import ClientError

def client(name, **more):
    return boto3.client(name, endpoint_url=os.environ["ENDPOINT"], **more)

def outcome(call):
    try:
        call()
        return "allowed"
    except ClientError as error:
        answer = error.response
        return [answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Message"]]

client("s3").create_bucket(Bucket="office", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
queue = client("sqs").create_queue(QueueName="desk")["QueueUrl"]
topic = client("sns").create_topic(Name="news")["TopicArn"]

given = client("sts").assume_role(RoleArn="${ROLE}", RoleSessionName="ann")["Credentials"]
keys = dict(aws_access_key_id=given["AccessKeyId"], aws_secret_access_key=given["SecretAccessKey"], aws_session_token=given["SessionToken"])
narrow = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]})
given = client("sts").assume_role(RoleArn="${ROLE}", RoleSessionName="bob", Policy=narrow)["Credentials"]
narrowed = dict(aws_access_key_id=given["AccessKeyId"], aws_secret_access_key=given["SecretAccessKey"], aws_session_token=given["SessionToken"])

s3, sqs, sns, dynamodb, iam = (client(name, **keys) for name in ["s3", "sqs", "sns", "dynamodb", "iam"])
print(json.dumps({
    "put": outcome(lambda: s3.put_object(Bucket="office", Key="in/a", Body=b"x")),
    "putElsewhere": outcome(lambda: s3.put_object(Bucket="office", Key="out/a", Body=b"x")),
    "send": outcome(lambda: sqs.send_message(QueueUrl=queue, MessageBody="x")),
    "receive": outcome(lambda: sqs.receive_message(QueueUrl=queue)),
    "publish": outcome(lambda: sns.publish(TopicArn=topic, Message="x")),
    "deny": outcome(lambda: dynamodb.delete_table(TableName="t")),
    "iam": outcome(lambda: iam.list_users()),
    "sessionPolicy": outcome(lambda: client("s3", **narrowed).put_object(Bucket="office", Key="in/b", Body=b"x")),
    "sessionRead": outcome(lambda: client("s3", **narrowed).get_object(Bucket="office", Key="in/a")),
}))
`;

describe.runIf(hasBoto3)("boto3 in an assumed role", () => {
  test("is let through and refused as on AWS", async () => {
    const refused = (session: string, action: string, resource: string) =>
      `User: arn:aws:sts::${ACCOUNT}:assumed-role/clerk/${session} is not authorized to perform: ${action} on resource: ${resource}`;
    const missing = (action: string, kind = "identity-based policy") =>
      ` because no ${kind} allows the ${action} action`;
    const queue = `arn:aws:sqs:eu-west-1:${ACCOUNT}:desk`;
    const topic = `arn:aws:sns:eu-west-1:${ACCOUNT}:news`;
    const table = `arn:aws:dynamodb:eu-west-1:${ACCOUNT}:table/t`;
    expect(await debianClients(cloud).boto3(BOTO3)).toEqual({
      put: "allowed",
      putElsewhere: [
        "AccessDenied",
        403,
        refused("ann", "s3:PutObject", '"arn:aws:s3:::office/out/a"') + missing("s3:PutObject"),
      ],
      send: "allowed",
      receive: ["AccessDenied", 403, refused("ann", "sqs:receivemessage", queue) + missing("sqs:receivemessage")],
      publish: ["AuthorizationError", 403, refused("ann", "SNS:Publish", topic) + missing("SNS:Publish")],
      deny: [
        "AccessDeniedException",
        400,
        `${refused("ann", "dynamodb:DeleteTable", table)} with an explicit deny in an identity-based policy`,
      ],
      iam: ["AccessDenied", 403, refused("ann", "iam:ListUsers", "*") + missing("iam:ListUsers")],
      sessionPolicy: [
        "AccessDenied",
        403,
        refused("bob", "s3:PutObject", '"arn:aws:s3:::office/in/b"') + missing("s3:PutObject", "session policy"),
      ],
      sessionRead: "allowed",
    });
  });
});

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
import boto3, json, os, urllib.request
from botocore.exceptions import ClientError

def client(name):
    return boto3.client(name, endpoint_url=os.environ["ENDPOINT"])

def refusal(call):
    try:
        call()
    except ClientError as error:
        return [error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"]]

s3, ssm, logs, iam = client("s3"), client("ssm"), client("logs"), client("iam")
key = "dir/\\u00e4 b+c%/x.txt"
s3.create_bucket(Bucket="python", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
s3.put_object(Bucket="python", Key=key, Body=b"streamed with a trailer", Metadata={"made-by": "python"})
read = s3.get_object(Bucket="python", Key=key)
presigned = s3.generate_presigned_url("get_object", Params={"Bucket": "python", "Key": key})
ssm.put_parameter(Name="/python/a", Value="1", Type="String")
logs.create_log_group(logGroupName="/python")
print(json.dumps({
    "identity": client("sts").get_caller_identity()["Account"],
    "body": read["Body"].read().decode(),
    "metadata": read["Metadata"],
    "presigned": urllib.request.urlopen(presigned).read().decode(),
    "keys": [item["Key"] for item in s3.list_objects_v2(Bucket="python")["Contents"]],
    "location": s3.get_bucket_location(Bucket="python")["LocationConstraint"],
    "parameter": ssm.get_parameter(Name="/python/a")["Parameter"]["Value"],
    "noKey": refusal(lambda: s3.get_object(Bucket="python", Key="none")),
    "noHead": refusal(lambda: s3.head_object(Bucket="python", Key="none")),
    "twice": refusal(lambda: logs.create_log_group(logGroupName="/python")),
    "noRole": refusal(lambda: iam.get_role(RoleName="none")),
    "notCarried": refusal(lambda: client("ec2").describe_vpcs()),
}))
`;

describe.runIf(hasBoto3)("boto3", () => {
  test("speaks to the cloud in all its protocols", async () => {
    const told = await clients.boto3(BOTO3);
    expect(told).toEqual({
      identity: "000000000000",
      body: "streamed with a trailer",
      metadata: { "made-by": "python" },
      presigned: "streamed with a trailer",
      keys: ["dir/ä b+c%/x.txt"],
      location: "eu-west-1",
      parameter: "1",
      noKey: ["NoSuchKey", 404],
      noHead: ["404", 404],
      twice: ["ResourceAlreadyExistsException", 400],
      noRole: ["NoSuchEntity", 404],
      notCarried: ["NotImplemented", 501],
    });
  });
});

describe.runIf(hasAwsCli)("the AWS CLI", () => {
  const aws = (...args: string[]) => clients.aws(...args);

  test("speaks to the cloud", async () => {
    expect(JSON.parse(await aws("sts", "get-caller-identity"))).toMatchObject({ Account: "000000000000" });
    expect(JSON.parse(await aws("lambda", "list-functions"))).toEqual({ Functions: [] });
    await expect(aws("cloudformation", "describe-stacks", "--stack-name", "none")).rejects.toMatchObject({
      stderr: expect.stringContaining("(ValidationError)"),
    });
  });
});

import { CreateAccessKeyCommand, CreateUserCommand, IAMClient, PutUserPolicyCommand } from "@aws-sdk/client-iam";
import { CreateBucketCommand, GetObjectCommand, HeadObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";

let cloud: TestCloud;

beforeAll(async () => {
  cloud = await startTestCloud();
  await cloud.client(S3Client, { forcePathStyle: true }).send(new CreateBucketCommand({ Bucket: "shop" }));
});
afterAll(() => cloud.stop());

/** A client of a user who may do these things. */
async function clientOf(UserName: string, ...Statement: object[]): Promise<S3Client> {
  const iam = cloud.client(IAMClient);
  await iam.send(new CreateUserCommand({ UserName }));
  const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
  await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: "own", PolicyDocument }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
  const credentials = { accessKeyId: AccessKey?.AccessKeyId ?? "", secretAccessKey: AccessKey?.SecretAccessKey ?? "" };
  return cloud.client(S3Client, { forcePathStyle: true, credentials });
}

const read = { Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::shop/*" };
const list = { Effect: "Allow", Action: "s3:ListBucket", Resource: "arn:aws:s3:::shop" };
const missing = { Bucket: "shop", Key: "none" };

test("a missing object is refused to callers that may not list the bucket, and reported to others", async () => {
  const blind = await clientOf("blind", read);
  await expect(blind.send(new GetObjectCommand(missing))).rejects.toMatchObject({
    name: "AccessDenied",
    message: expect.stringContaining("s3:ListBucket"),
    $metadata: { httpStatusCode: 403 },
  });
  await expect(blind.send(new HeadObjectCommand(missing))).rejects.toMatchObject({
    $metadata: { httpStatusCode: 403 },
  });
  const seeing = await clientOf("seeing", read, list);
  await expect(seeing.send(new GetObjectCommand(missing))).rejects.toMatchObject({ name: "NoSuchKey" });
  await expect(seeing.send(new HeadObjectCommand(missing))).rejects.toMatchObject({ name: "NotFound" });
});

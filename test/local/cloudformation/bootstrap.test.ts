import { CloudFormationClient, DescribeStacksCommand, ListStacksCommand } from "@aws-sdk/client-cloudformation";
import { HeadBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";

let cloud: TestCloud;

beforeAll(async () => {
  cloud = await startTestCloud();
});

afterAll(() => cloud.stop());

test("a region has no CDK bootstrap until a part of it is requested", async () => {
  const client = cloud.client(CloudFormationClient, { region: "eu-west-1" });
  const { StackSummaries } = await client.send(new ListStacksCommand({}));
  expect(StackSummaries ?? []).toEqual([]);
});

test("the version parameter makes the bootstrap of its region, which is whole at once", async () => {
  const ssm = cloud.client(SSMClient, { region: "eu-central-1" });
  const { Parameter } = await ssm.send(new GetParameterCommand({ Name: "/cdk-bootstrap/hnb659fds/version" }));
  expect(Number(Parameter!.Value)).toBeGreaterThanOrEqual(30);

  const cloudformation = cloud.client(CloudFormationClient, { region: "eu-central-1" });
  const { Stacks } = await cloudformation.send(new DescribeStacksCommand({ StackName: "CDKToolkit" }));
  expect(Stacks![0]!.StackStatus).toBe("CREATE_COMPLETE");
  const bucket = Stacks![0]!.Outputs!.find((output) => output.OutputKey === "BucketName")!.OutputValue!;
  expect(bucket).toBe("cdk-hnb659fds-assets-000000000000-eu-central-1");
  await cloud
    .client(S3Client, { region: "eu-central-1", forcePathStyle: true })
    .send(new HeadBucketCommand({ Bucket: bucket }));
});

test("its roles can be assumed, each naming the region it is for", async () => {
  const RoleArn = "arn:aws:iam::000000000000:role/cdk-hnb659fds-deploy-role-000000000000-us-west-2";
  const { Credentials } = await cloud
    .client(STSClient)
    .send(new AssumeRoleCommand({ RoleArn, RoleSessionName: "test" }));
  expect(Credentials!.SessionToken).toBeTruthy();
});

test("it costs little", async () => {
  const times: number[] = [];
  for (const region of ["ap-south-1", "ap-south-2", "eu-north-1"]) {
    const ssm = cloud.client(SSMClient, { region });
    await ssm.send(new GetParameterCommand({ Name: "unrelated" })).catch(() => undefined);
    const startMs = performance.now();
    await ssm.send(new GetParameterCommand({ Name: "/cdk-bootstrap/hnb659fds/version" }));
    times.push(performance.now() - startMs);
  }
  expect(Math.min(...times)).toBeLessThan(500);
});

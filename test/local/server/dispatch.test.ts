import { LambdaClient, ListCodeSigningConfigsCommand } from "@aws-sdk/client-lambda";
import { AssumeRoleWithSAMLCommand, STSClient } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";

let cloud: TestCloud;

beforeAll(async () => {
  cloud = await startTestCloud();
});

afterAll(() => cloud.stop());

const scope = (service: string) => ({
  authorization: `AWS4-HMAC-SHA256 Credential=test/20260101/eu-west-1/${service}/aws4_request, SignedHeaders=host, Signature=0`,
});

test("fails when the operation is not supported, by its name", async () => {
  const lambda = cloud.client(LambdaClient);
  await expect(lambda.send(new ListCodeSigningConfigsCommand({}))).rejects.toMatchObject({
    name: "NotImplemented",
    message: "The local cloud does not support lambda ListCodeSigningConfigs.",
    $metadata: { httpStatusCode: 501 },
  });
});

test("fails when an unsigned call is not supported", async () => {
  const sts = cloud.client(STSClient);
  const call = new AssumeRoleWithSAMLCommand({
    RoleArn: "arn:aws:iam::000000000000:role/r",
    PrincipalArn: "arn:aws:iam::000000000000:saml-provider/p",
    SAMLAssertion: "x",
  });
  await expect(sts.send(call)).rejects.toMatchObject({
    message: "The local cloud does not support sts AssumeRoleWithSAML.",
    $metadata: { httpStatusCode: 501 },
  });
});

test("fails when the service is not supported, in the manner of JSON", async () => {
  const response = await fetch(cloud.endpoint, {
    method: "POST",
    headers: { ...scope("kms"), "x-amz-target": "TrentService.Encrypt", "content-type": "application/x-amz-json-1.1" },
    body: "{}",
  });
  expect(response.status).toBe(501);
  expect(response.headers.get("x-amzn-requestid")).toMatch(/^[0-9a-f-]{36}$/);
  expect(await response.json()).toEqual({
    __type: "NotImplemented",
    message: "The local cloud does not support kms TrentService.Encrypt.",
  });
});

test("fails when the service is not supported, in the manner of Query", async () => {
  const response = await fetch(`${cloud.endpoint}/`, {
    method: "POST",
    headers: { ...scope("ec2"), "content-type": "application/x-www-form-urlencoded" },
    body: "Action=DescribeVpcs",
  });
  expect(response.status).toBe(501);
  const body = await response.text();
  expect(body).toContain("<Code>NotImplemented</Code>");
  expect(body).toContain("<Message>The local cloud does not support ec2 DescribeVpcs.</Message>");
});

test("fails when JSON cannot be read", async () => {
  const response = await fetch(cloud.endpoint, {
    method: "POST",
    headers: {
      ...scope("ssm"),
      "x-amz-target": "AmazonSSM.GetParameter",
      "content-type": "application/x-amz-json-1.1",
    },
    body: '{"Name": ',
  });
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ __type: "SerializationException" });
});

test("takes Query calls by GET, as presigned ones come", async () => {
  const credential = encodeURIComponent("test/20260101/us-east-1/sts/aws4_request");
  const response = await fetch(
    `${cloud.endpoint}/?Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Credential=${credential}`,
  );
  expect(await response.text()).toContain("<Arn>arn:aws:iam::000000000000:root</Arn>");
});

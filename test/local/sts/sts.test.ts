import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";

let cloud: TestCloud;
let sts: STSClient;

beforeAll(async () => {
  cloud = await startTestCloud();
  sts = cloud.client(STSClient);
});

afterAll(() => cloud.stop());

test("tells an ordinary caller that it is the account's root", async () => {
  const identity = await sts.send(new GetCallerIdentityCommand({}));
  expect(identity).toMatchObject({
    Account: "000000000000",
    Arn: "arn:aws:iam::000000000000:root",
    UserId: "000000000000",
  });
});

import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { expect, test } from "vitest";
import type { IamMode } from "../../../lib/local/policy/iam-mode.ts";
import { startTestCloud } from "../../helpers/cloud.ts";
import { assumeNewRole } from "../../helpers/role-session.ts";

const ACCOUNT = "000000000000";

/** What becomes of a call by a role without policies, and what the cloud logs. */
async function callInMode(iam: IamMode): Promise<{ outcome: unknown; log: string[] }> {
  const log: string[] = [];
  const cloud = await startTestCloud({ iam, log: (line) => log.push(line) });
  const { credentials } = await assumeNewRole(cloud, "bare", 3600);
  const put = new PutParameterCommand({ Name: "/a", Value: "1", Type: "String" });
  const outcome = await cloud
    .client(SSMClient, { credentials })
    .send(put)
    .then(
      () => "allowed",
      (error: unknown) => error,
    );
  await cloud.stop();
  return { outcome, log };
}

const RESOURCE = `arn:aws:ssm:us-east-1:${ACCOUNT}:parameter/a`;
const REFUSAL = `User: arn:aws:sts::${ACCOUNT}:assumed-role/bare/test is not authorized to perform: ssm:PutParameter on resource: ${RESOURCE} because no identity-based policy allows the ssm:PutParameter action`;

test("enforce refuses calls that policies do not allow", async () => {
  const { outcome, log } = await callInMode("enforce");
  expect(outcome).toMatchObject({ name: "AccessDeniedException", message: REFUSAL });
  expect(log).toEqual([]);
});

test("warn lets it through and logs the statement that is missing", async () => {
  const { outcome, log } = await callInMode("warn");
  expect(outcome).toBe("allowed");
  const statement = JSON.stringify({ Effect: "Allow", Action: "ssm:PutParameter", Resource: RESOURCE });
  expect(log).toEqual([`iam: ${REFUSAL}. Missing: ${statement}`]);
});

test("off looks at no policy", async () => {
  expect(await callInMode("off")).toEqual({ outcome: "allowed", log: [] });
});

import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  AttachRolePolicyCommand,
  AttachUserPolicyCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  IAMClient,
  SimulatePrincipalPolicyCommand,
} from "@aws-sdk/client-iam";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";
import { RECORDINGS } from "../recordings/recordings.ts";
import { findDifferences } from "../recordings/same-answer.ts";

interface Recording {
  readonly content: { readonly response: object };
}

const recorded: Readonly<Record<string, Recording>> =
  RECORDINGS === undefined
    ? {}
    : (JSON.parse(readFileSync(join(RECORDINGS, "aws-truth/iam/test_iam.json"), "utf8")) as Record<string, Recording>);

/** As the recorder wrote it: the answer has the columns of the statement. */
const POLICY =
  '{"Version": "2012-10-17", "Statement": {"Sid": "", "Effect": "Allow", "Action": "s3:PutObject", "Resource": "*"}}';

describe.skipIf(RECORDINGS === undefined)(
  "decisions recorded from AWS (TIDEGATE_RECORDINGS names their folder)",
  () => {
    let cloud: TestCloud;
    let iam: IAMClient;
    let PolicyArn: string;

    beforeAll(async () => {
      cloud = await startTestCloud();
      iam = cloud.client(IAMClient);
      const created = await iam.send(new CreatePolicyCommand({ PolicyName: "recorded", PolicyDocument: POLICY }));
      PolicyArn = created.Policy?.Arn ?? "";
    });

    afterAll(() => cloud.stop());

    const identities = {
      async role() {
        const Statement = { Effect: "Allow", Principal: { Service: "s3.amazonaws.com" }, Action: "sts:AssumeRole" };
        const AssumeRolePolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
        const { Role } = await iam.send(new CreateRoleCommand({ RoleName: "recorded", AssumeRolePolicyDocument }));
        await iam.send(new AttachRolePolicyCommand({ RoleName: "recorded", PolicyArn }));
        return Role?.Arn;
      },
      async user() {
        const { User } = await iam.send(new CreateUserCommand({ UserName: "recorded" }));
        await iam.send(new AttachUserPolicyCommand({ UserName: "recorded", PolicyArn }));
        return User?.Arn;
      },
    };

    test.each(["role", "user"] as const)("a %s is allowed what its policy names, and nothing else", async (kind) => {
      const { $metadata: _, ...answer } = await iam.send(
        new SimulatePrincipalPolicyCommand({
          PolicySourceArn: await identities[kind](),
          ActionNames: ["s3:PutObject", "s3:GetObjectVersion"],
          ResourceArns: ["arn:aws:s3:::bucket"],
        }),
      );
      const { content } = recorded[`TestIAMIntegrations::test_simulate_principle_policy[${kind}]`]!;
      const { ResponseMetadata: _metadata, ...response } = content.response as { ResponseMetadata?: unknown };
      expect(findDifferences(response, answer, new Map())).toEqual([]);
    });
  },
);

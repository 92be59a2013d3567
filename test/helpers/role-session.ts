import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { vi } from "vitest";
import type { TestCloud } from "./cloud.ts";

/** A role of a test's own, and a session of it. */
export interface RoleSession {
  readonly roleArn: string;
  readonly sessionArn: string;
  /** `AROA…:session`. */
  readonly userId: string;
  readonly credentials: Readonly<Record<"accessKeyId" | "secretAccessKey" | "sessionToken", string>>;
  /** Makes these statements all that the role's policies say. */
  allow(...statements: readonly object[]): Promise<void>;
  /** Makes the session the caller of commands that read the environment. */
  stubEnvironment(): void;
}

const MAX_SESSION_SECONDS = 43_200;

/** Makes a role that the account's own users may assume and that may do nothing yet, and assumes it. */
export async function assumeNewRole(
  cloud: TestCloud,
  RoleName: string,
  DurationSeconds = MAX_SESSION_SECONDS,
): Promise<RoleSession> {
  const iam = cloud.client(IAMClient);
  const trust = { Effect: "Allow", Principal: { AWS: "arn:aws:iam::000000000000:root" }, Action: "sts:AssumeRole" };
  const document = (...Statement: readonly object[]) => JSON.stringify({ Version: "2012-10-17", Statement });
  const { Role } = await iam.send(
    new CreateRoleCommand({
      RoleName,
      MaxSessionDuration: MAX_SESSION_SECONDS,
      AssumeRolePolicyDocument: document(trust),
    }),
  );
  const roleArn = Role?.Arn ?? "";
  const assume = new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: "test", DurationSeconds });
  const { Credentials, AssumedRoleUser } = await cloud.client(STSClient).send(assume);
  const { AccessKeyId = "", SecretAccessKey = "", SessionToken = "" } = Credentials ?? {};
  return {
    roleArn,
    sessionArn: AssumedRoleUser?.Arn ?? "",
    userId: AssumedRoleUser?.AssumedRoleId ?? "",
    credentials: { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken },
    async allow(...statements) {
      const PolicyDocument = document(...statements);
      await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: "own", PolicyDocument }));
    },
    stubEnvironment() {
      vi.stubEnv("AWS_ACCESS_KEY_ID", AccessKeyId);
      vi.stubEnv("AWS_SECRET_ACCESS_KEY", SecretAccessKey);
      vi.stubEnv("AWS_SESSION_TOKEN", SessionToken);
    },
  };
}

/** The header of a request that a key signed for a service; the local cloud does not verify signatures. */
export function signedBy({ accessKeyId }: RoleSession["credentials"], service: string): string {
  return `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=abc`;
}

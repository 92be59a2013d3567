import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { runPermissions } from "../../../lib/cli/verbs/permissions-run.ts";
import type { MissingPermission } from "../../../lib/deploy/permissions/check-permissions.ts";
import type { AllowPolicy, AllowStatement } from "../../../lib/deploy/permissions/policy.ts";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";
import { assumeNewRole, type RoleSession } from "../../helpers/role-session.ts";
import { wireApp, type WireApp } from "../../helpers/wire-app.ts";

const ROLE = "arn:aws:iam::000000000000:role/pipeline";
const SELF: AllowStatement = {
  Effect: "Allow",
  Action: ["iam:SimulatePrincipalPolicy", "iam:GetRole"],
  Resource: [ROLE],
};

let cloud: TestCloud;
let pipeline: RoleSession;
let app: WireApp;
let printed: AllowPolicy;

beforeAll(async () => {
  cloud = await startTestCloud();
  app = wireApp(cloud.endpoint);
  app.write({ version: 1 });
  vi.stubEnv("AWS_ACCESS_KEY_ID", "admin");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "admin");
  const { document } = await app.run(runPermissions);
  printed = (document as { policy: AllowPolicy }).policy;
  pipeline = await assumeNewRole(cloud, "pipeline");
  pipeline.stubEnvironment();
}, 120_000);

afterAll(async () => {
  vi.unstubAllEnvs();
  app.remove();
  await cloud.stop();
});

async function check(...statements: readonly AllowStatement[]) {
  await pipeline.allow(...statements);
  const { exitCode, document, lines } = await app.run(runPermissions, { check: true });
  const { identity, missing } = document as { identity: string; missing: MissingPermission[] };
  return { exitCode, identity, missing, text: lines?.join("\n") ?? "" };
}

test("finds nothing missing where the caller has the printed policy", async () => {
  const found = await check(...printed.Statement, SELF);
  expect(found).toMatchObject({ exitCode: 0, identity: ROLE, missing: [] });
});

test("names the action and the alias that the caller's policies leave out", async () => {
  const statements = printed.Statement.map((one) => ({
    ...one,
    Action: one.Action.filter((action) => action !== "lambda:UpdateAlias"),
  }));
  const found = await check(...statements.filter(({ Action }) => Action.length > 0), SELF);
  expect(found.exitCode).toBe(1);
  expect(new Set(found.missing.map(({ action }) => action))).toEqual(new Set(["lambda:UpdateAlias"]));
  expect(found.missing[0]).toMatchObject({ decision: "implicitDeny" });
  expect(found.text).toContain("lambda:UpdateAlias");
});

test("distinguishes an explicit denial from a missing permission", async () => {
  const denial = { Effect: "Deny", Action: ["lambda:UpdateAlias"], Resource: ["*"] };
  const { missing } = await check(...printed.Statement, SELF, denial as unknown as AllowStatement);
  expect(missing.map(({ action, decision }) => `${action} ${decision}`)).toContain("lambda:UpdateAlias explicitDeny");
});

test("says which permission the check itself needs", async () => {
  await expect(check(...printed.Statement)).rejects.toThrow("iam:SimulatePrincipalPolicy");
});

import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../helpers/cloud.ts";
import { emptyProject, type TestProject } from "../helpers/project.ts";
import { assumeNewRole } from "../helpers/role-session.ts";
import { writeSmallApp } from "../helpers/small-app.ts";

let cloud: TestCloud;
let project: TestProject;

beforeAll(async () => {
  cloud = await startTestCloud();
  const pipeline = await assumeNewRole(cloud, "pipeline");
  const { roleArn, credentials } = pipeline;
  await pipeline.allow({
    Effect: "Allow",
    Action: ["iam:GetRole", "iam:SimulatePrincipalPolicy"],
    Resource: roleArn,
  });
  project = emptyProject({
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_SESSION_TOKEN: credentials.sessionToken,
  });
  writeSmallApp(project, { version: 1 });
  const stages = { wire: { region: "us-east-1", endpoint: cloud.endpoint } };
  const context = { tidegate: { app: "small", stages } };
  project.write("cdk.json", JSON.stringify({ app: "node bin/app.ts", context }));
});

afterAll(async () => {
  await project.remove();
  await cloud.stop();
});

interface Refusal {
  readonly exitCode: number;
  readonly error: { readonly code: string; readonly message: string; readonly fix: string };
}

test("a deploy with --json ends with the statement to add as a document, and touches nothing", async () => {
  const { exitCode, error } = await project.json<Refusal>("deploy", "--stage", "wire", "--yes");
  expect(exitCode).toBe(1);
  expect(error.code).toBe("PermissionsMissing");
  expect(error.message).toMatch(
    /^arn:aws:iam::000000000000:role\/pipeline lacks \d+ permissions that this deploy needs:\n/,
  );
  const statements = JSON.parse(/\[\{.*\}\]/.exec(error.fix)?.[0] ?? "[]") as { Effect: string; Action: string[] }[];
  expect(statements.map(({ Effect }) => Effect)).toEqual(statements.map(() => "Allow"));
  expect(statements.flatMap(({ Action }) => Action)).toContain("lambda:UpdateAlias");
  const { Stacks = [] } = await cloud.call("cloudformation", "DescribeStacks", {});
  expect(Stacks.map(({ StackName }) => StackName)).toEqual(["CDKToolkit"]);
});

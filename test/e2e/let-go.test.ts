import { DeleteAliasCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { afterAll, beforeAll, expect, test } from "vitest";
import { emptyProject, type TestProject } from "../helpers/project.ts";
import { writeSmallApp } from "../helpers/small-app.ts";

interface Outcome {
  readonly release?: { readonly id: string; readonly state: string };
}

interface Status {
  readonly aliases: readonly { readonly path: string; readonly live?: { readonly primary: string } }[];
}

let project: TestProject;
let lambda: LambdaClient;

beforeAll(async () => {
  project = emptyProject();
  writeSmallApp(project, { version: 1 });
  const { endpoint } = await project.json<{ endpoint: string }>("local", "start", "--clock-speed", "60");
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  lambda = new LambdaClient({ region: "us-east-1", endpoint, credentials });
});

afterAll(async () => {
  lambda.destroy();
  await project.remove();
});

async function deploy(version: number, functions?: readonly string[]): Promise<string> {
  writeSmallApp(project, { version, ...(functions && { functions }) });
  const outcome = await project.json<Outcome>("deploy", "--real-time");
  expect(outcome).toMatchObject({ exitCode: 0, release: { state: "SUCCEEDED" } });
  return outcome.release?.id ?? "";
}

async function live(): Promise<Readonly<Record<string, string | undefined>>> {
  const { aliases } = await project.json<Status>("status");
  return Object.fromEntries(aliases.map((alias) => [alias.path, alias.live?.primary]));
}

test("a rollback to a release whose member is gone names the member, and goes back without it", async () => {
  await deploy(1);
  const second = await deploy(2);
  await deploy(3, ["A"]);
  expect(await live()).toEqual({ "Small/A": "3" });

  const refused = await project.tidegate("rollback", second);
  expect(refused.exitCode).toBe(1);
  expect(refused.stderr).toContain("aliases that no longer exist: Small/B");
  expect(refused.stderr).toContain("--without Small/B");
  expect(await live()).toEqual({ "Small/A": "3" });

  const unknown = await project.tidegate("rollback", second, "--without", "Small/C");
  expect(unknown.exitCode).toBe(1);
  expect(unknown.stderr).toContain("no member Small/C");

  const back = await project.json<Outcome>("rollback", second, "--without", "Small/B");
  // The release that is left removed the function's role and log group too: no rollback brings them back.
  expect(back).toMatchObject({ exitCode: 13, release: { state: "ROLLED_BACK" } });
  expect(await live()).toEqual({ "Small/A": "2" });
  await deploy(4, ["A"]);
  expect(await live()).toEqual({ "Small/A": "4" });
}, 400_000);

test("a rollback that is blocked by a deleted alias ends once the member is left out", async () => {
  await deploy(5);
  await deploy(6);
  await lambda.send(new DeleteAliasCommand({ FunctionName: "small-B", Name: "live" }));
  expect(await project.json<Outcome>("rollback")).toMatchObject({
    exitCode: 5,
    release: { state: "ROLLBACK_BLOCKED" },
  });
  expect((await project.tidegate("resume")).exitCode).toBe(5);
  expect(await project.json<Outcome>("rollback", "--without", "Small/B")).toMatchObject({
    exitCode: 0,
    release: { state: "ROLLED_BACK" },
  });
}, 400_000);

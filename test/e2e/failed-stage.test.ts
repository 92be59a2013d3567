import { CloudFormationClient, UpdateStackCommand } from "@aws-sdk/client-cloudformation";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { emptyProject, type TestProject } from "../helpers/project.ts";
import { writeSmallApp } from "../helpers/small-app.ts";

interface Outcome {
  readonly exitCode: number;
  readonly release?: { readonly state: string; readonly cause?: { readonly trigger: string; readonly text: string } };
}

interface Status {
  readonly aliases: readonly {
    readonly path: string;
    readonly live: { readonly primary: string };
    readonly pinned?: string;
    readonly drifted: boolean;
  }[];
}

let project: TestProject;

beforeAll(async () => {
  project = emptyProject();
  writeSmallApp(project, { version: 1 });
  await project.tidegate("local", "start", "--clock-speed", "60");
  for (const version of [1, 2]) {
    writeSmallApp(project, { version });
    const { exitCode } = await project.json<Outcome>("deploy", "--real-time");
    if (exitCode !== 0) throw new Error(`version ${version} was not deployed: ${exitCode}`);
  }
});

afterAll(() => project.remove());

async function live(): Promise<string[]> {
  const { aliases } = await project.json<Status>("status");
  return aliases.map((alias) => alias.live.primary);
}

describe("a deploy whose stack update fails, after a rollback", () => {
  it("leaves every alias on the version that the rollback put live", async () => {
    expect(await project.json<Outcome>("rollback")).toMatchObject({ exitCode: 0 });
    const { aliases } = await project.json<Status>("status");
    expect(aliases.map(({ pinned }) => pinned)).toEqual(["1", "1"]);
    writeSmallApp(project, { version: 3, fails: true });
    const outcome = await project.json<Outcome>("deploy", "--real-time");
    expect(outcome).toMatchObject({ exitCode: 1, release: { state: "ROLLED_BACK", cause: { trigger: "stage" } } });
    expect(await live()).toEqual(["1", "1"]);
  });

  it("does so where the rollback had no stacks at hand", async () => {
    writeSmallApp(project, { version: 4 });
    expect(await project.json<Outcome>("deploy", "--real-time")).toMatchObject({ exitCode: 0 });
    const [before] = await live();
    // Without the assembly the command knows the app by name alone, as from another machine.
    await project.run("rm", ["-rf", "cdk.out"]);
    expect(await project.json<Outcome>("rollback", "--name", "small")).toMatchObject({ exitCode: 0 });
    writeSmallApp(project, { version: 5, fails: true });
    expect(await project.json<Outcome>("deploy", "--real-time")).toMatchObject({
      exitCode: 1,
      release: { state: "ROLLED_BACK" },
    });
    expect(before).not.toBe("1");
    expect(await live()).toEqual(["1", "1"]);
    const { aliases } = await project.json<Status>("status");
    expect(aliases.map(({ drifted }) => drifted)).toEqual([false, false]);
  });

  it("continues from there with the next good version", async () => {
    writeSmallApp(project, { version: 6 });
    expect(await project.json<Outcome>("deploy", "--real-time")).toMatchObject({
      exitCode: 0,
      release: { state: "SUCCEEDED" },
    });
    expect(new Set(await live()).size).toBe(1);
    expect((await live())[0]).not.toBe("1");
  });
});

describe("an update that another tool makes", () => {
  it("is refused by CloudFormation where it leaves the pins out, and moves no traffic", async () => {
    expect(await project.json<Outcome>("rollback")).toMatchObject({ exitCode: 0 });
    const before = await live();
    const { endpoint } = await project.json<{ endpoint: string }>("local", "start");
    const credentials = { accessKeyId: "test", secretAccessKey: "test" };
    const client = new CloudFormationClient({ region: "us-east-1", endpoint, credentials });
    const update = new UpdateStackCommand({
      StackName: "Small",
      UsePreviousTemplate: true,
      Capabilities: ["CAPABILITY_IAM"],
      Tags: [{ Key: "team", Value: "shop" }],
    });
    await expect(client.send(update)).rejects.toThrow(/Parameters: \[LiveVersionA, LiveVersionB\] must have values/);
    expect(await live()).toEqual(before);
    client.destroy();
  });
});

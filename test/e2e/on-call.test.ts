import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { emptyProject, type TestProject } from "../helpers/project.ts";
import { writeSmallApp } from "../helpers/small-app.ts";

interface Outcome {
  readonly release: { readonly id: string; readonly state: string };
  readonly error?: { readonly code: string };
}

let project: TestProject;
let first: string;

beforeAll(async () => {
  project = emptyProject();
  writeSmallApp(project, { version: 1 });
  await project.tidegate("local", "start", "--clock-speed", "60");
  first = (await project.json<Outcome>("deploy")).release.id;
  writeSmallApp(project, { version: 2 });
  await project.json<Outcome>("deploy");
});

afterAll(() => project.remove());

describe("a version that fails, at night", () => {
  it("is named in words by diff: what changed, and how its traffic is shifted", async () => {
    writeSmallApp(project, { version: 3, policy: '"Canary10Percent5Minutes"', functions: ["A", "B", "C"] });
    const { stdout } = await project.tidegate("diff");
    expect(stdout).toContain("  Small/A: Environment changed → new version, shifted by Canary10Percent5Minutes\n");
    expect(stdout).toContain("  Small/C: new, takes all traffic from its first version on\n");
    expect(stdout).not.toContain("Tidegate::Release");
    expect(stdout).not.toMatch(/AWS::Lambda::Version|FunctionVersion/);
    const { stacks } = await project.json<{ stacks: { members: unknown[] }[] }>("diff");
    expect(stacks[0]?.members).toContainEqual({
      path: "Small/B",
      change: "changed",
      parts: ["Environment"],
      rollout: "Canary10Percent5Minutes",
    });
  });

  it("is rolled back once: a second rollback needs the id of a release", async () => {
    writeSmallApp(project, { version: 3, fails: true });
    expect(await project.json<Outcome>("deploy")).toMatchObject({ exitCode: 1, release: { state: "ROLLED_BACK" } });
    const again = await project.tidegate("rollback");
    expect(again).toMatchObject({ exitCode: 7 });
    expect(again.stderr).toMatch(
      /error AlreadyRolledBack: Release \S+ was rolled back \d+ (s|min|h) ago: .*\. The versions before it are live; no alias was moved\.\n {2}→ To go back further, name a release of `tidegate history`: `tidegate rollback <release>`\.\n$/s,
    );
    const { aliases } = await project.json<{ aliases: { live: { primary: string } }[] }>("status");
    expect(aliases.map(({ live }) => live.primary)).toEqual(["2", "2"]);
    expect(await project.json<Outcome>("rollback", first)).toMatchObject({ exitCode: 0 });
  });

  it("is not released again without a word", async () => {
    writeSmallApp(project, { version: 4 });
    await project.json<Outcome>("deploy");
    await project.json<Outcome>("rollback");
    const again = await project.tidegate("deploy");
    expect(again.exitCode, again.stderr).toBe(0);
    expect(again.stderr).toMatch(/This is what release \S+ brought, which was rolled back\./);
    writeSmallApp(project, { version: 5 });
    expect((await project.tidegate("deploy")).stderr).not.toContain("was rolled back");
  });
});

describe("a name that does not exist", () => {
  it("is an error of explain", async () => {
    const { exitCode, stderr } = await project.tidegate("explain", "nope");
    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr:
        "error ReleaseUnknown: There is no release nope of small, stage local\n" +
        "  → Choose one that `tidegate history` shows, or leave the id out to explain the last release.\n",
    });
  });

  it("is refused as a parameter, with the nearest one", async () => {
    writeSmallApp(project, {
      version: 6,
      more: 'new (await import("aws-cdk-lib")).CfnParameter(stack, "Mode", { default: "a" });',
    });
    const { exitCode, stderr } = await project.tidegate("deploy", "--parameters", "Mod=b");
    expect(exitCode).toBe(1);
    expect(stderr).toContain("error UnknownParameter: No template has the parameter Mod. Did you mean Mode?\n");
    expect(stderr).toMatch(/→ Nothing was changed\. The templates have .*Mode/);
  });
});

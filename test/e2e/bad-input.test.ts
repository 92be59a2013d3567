import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { exampleProject, type TestProject } from "../helpers/project.ts";

interface Refusal {
  readonly exitCode: number;
  readonly error: { readonly code: string; readonly message: string; readonly fix?: string };
}

let project: TestProject;

beforeEach(() => {
  project = exampleProject();
});
afterEach(() => project.remove());

const app = (change: (text: string) => string) => project.edit("bin/app.ts", change);

/** What `synth` says to a person, all of it. */
async function refusal(): Promise<string> {
  const { exitCode, stderr } = await project.tidegate("synth");
  expect(exitCode).toBe(1);
  return stderr;
}

describe("synth", () => {
  it("fails when an entry does not exist, and names the construct and the path tried", async () => {
    app((text) => text.replace('"create", "dynamodb', '"creatte", "dynamodb'));
    const words = await refusal();
    expect(words).toContain("Todo/Create");
    expect(words).toContain("functions/todo/creatte.ts");
  });

  it("fails when a handler is not exported, and lists the exports that exist", async () => {
    app((text) =>
      text.replace("entry: `functions/todo/${verb}.ts`,", 'entry: `functions/todo/${verb}.ts`, handler: "run",'),
    );
    const words = await refusal();
    expect(words).toContain("run");
    expect(words).toContain("handler");
    expect(words).toContain("Todo/Create");
  });

  it("fails on a syntax error, with file, line and construct", async () => {
    writeFileSync(
      join(project.folder, "functions/todo/list.ts"),
      "export const handler = async () => {\n  return {{;\n};\n",
    );
    const words = await refusal();
    expect(words).toMatch(/functions\/todo\/list\.ts:2/);
    expect(words).toContain("Todo/List");
  });

  it("fails on an environment over 4 KB, with the size of each key and never a value", async () => {
    app((text) => text.replace("environment: {", 'environment: { BIG: "s3cret".repeat(800),'));
    const words = await refusal();
    expect(words).toContain("4096");
    expect(words).toMatch(/BIG.*\d{4}/);
    expect(words).not.toContain("s3crets3cret");
  });

  it("fails on a name that is too long, with what is allowed", async () => {
    app((text) => text.replace("environment: {", 'functionName: `${verb}${"x".repeat(64)}`, environment: {'));
    expect(await refusal()).toMatch(/64/);
  });

  it("fails on weights out of range, with the value", async () => {
    app((text) =>
      text.replace(
        'policy: "Canary10Percent5Minutes"',
        "policy: Rollout.canary({ percent: 120, bake: Duration.minutes(5) })",
      ),
    );
    const words = await refusal();
    expect(words).toContain("120");
    expect(words).toContain("100");
  });

  it("reports the problems of all constructs in one error", async () => {
    app((text) =>
      text
        .replace("environment: {", 'functionName: `${verb}${"x".repeat(64)}`, environment: {')
        .replace(
          'policy: "Canary10Percent5Minutes"',
          "policy: Rollout.canary({ percent: -1, bake: Duration.minutes(5) })",
        ),
    );
    const words = await refusal();
    for (const part of ["Todo/Create", "Todo/Delete", "has 70 characters", "-1 percent"]) expect(words).toContain(part);
  });
});

describe("deploy", () => {
  it("fails on a type that the local cloud does not support, by name, before anything is created", async () => {
    app((text) =>
      text
        .replace("CfnOutput, Duration", "CfnOutput, CfnResource, Duration")
        .replace("new CfnOutput", 'new CfnResource(stack, "Ship", { type: "AWS::RoboMaker::Fleet" });\nnew CfnOutput'),
    );
    const refused = await project.json<Refusal>("deploy");
    expect(refused.exitCode).toBe(1);
    expect(JSON.stringify(refused)).toContain("AWS::RoboMaker::Fleet");
    expect(JSON.stringify(refused)).toContain("Ship");
    const { aliases } = await project.json<{ aliases: { live?: object }[] }>("status");
    expect(aliases.every(({ live }) => live === undefined)).toBe(true);
  });

  it("fails on an account that is not the stage's", async () => {
    project.edit("cdk.json", (text) => {
      const file = JSON.parse(text) as { context: { tidegate: { stages: Record<string, object> } } };
      file.context.tidegate.stages["local"] = { account: "111122223333" };
      return JSON.stringify(file);
    });
    expect(await project.json<Refusal>("deploy")).toMatchObject({ exitCode: 1, error: { code: "AccountMismatch" } });
  });
});

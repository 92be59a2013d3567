import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { emptyProject, type TestProject } from "../helpers/project.ts";

interface Report {
  readonly assumptions: Readonly<Record<string, { readonly holds: boolean | null; readonly answer: string }>>;
  readonly scenarios: Readonly<Record<string, { readonly held: boolean; readonly facts: unknown }>>;
}

const script = new URL("../../scripts/aws-acceptance.ts", import.meta.url).pathname;

let project: TestProject;

afterEach(() => project.remove());

async function startCloud(): Promise<string> {
  project = emptyProject({ AWS_ACCESS_KEY_ID: "tester", AWS_SECRET_ACCESS_KEY: "tester" });
  project.write("cdk.json", JSON.stringify({ app: "node app.ts" }));
  return (await project.json<{ endpoint: string }>("local", "start", "--clock-speed", "20")).endpoint;
}

function acceptance(endpoint: string, ...flags: string[]) {
  const args = [script, "--region", "us-east-1", "--endpoint", endpoint, "--out", "answers.json", ...flags];
  return project.run(process.execPath, args);
}

describe("the acceptance run against AWS, on the local cloud", () => {
  it("gets an answer to every assumption and leaves nothing behind", async () => {
    const endpoint = await startCloud();
    const assumptions = [
      "alias-revision",
      "alias-consistency",
      "routing-delay",
      "version-state",
      "version-identity",
      "change-set-names",
      "notification-arns",
      "metrics-delay",
      "alarm-pages",
      "execution-pages",
      "async-version",
    ];
    const ended = await acceptance(endpoint, "--yes", ...assumptions.flatMap((id) => ["--only", id]));
    expect(ended.exitCode, ended.stderr).toBe(0);
    const report = JSON.parse(readFileSync(join(project.folder, "answers.json"), "utf8")) as Report;
    expect(Object.keys(report.assumptions)).toEqual(assumptions);
    const unanswered = Object.entries(report.assumptions).filter(([, { holds }]) => holds === null);
    expect(unanswered).toEqual([]);

    const cleaned = await acceptance(endpoint, "--yes", "--clean");
    expect(JSON.parse(cleaned.stderr)).toEqual({
      stacks: [],
      functions: [],
      stateMachines: [],
      logGroups: [],
      roles: [],
      journals: [],
    });
  });

  it("keeps every promise of the release matrix", async () => {
    const endpoint = await startCloud();
    const ended = await acceptance(endpoint, "--yes", "--only", "releases");
    const report = JSON.parse(readFileSync(join(project.folder, "answers.json"), "utf8")) as Report;
    expect(Object.keys(report.scenarios)).toHaveLength(12);
    expect(Object.entries(report.scenarios).filter(([, { held }]) => !held)).toEqual([]);
    expect(ended.exitCode, ended.stderr).toBe(0);
    const removed = /^Removed: (.*)$/m.exec(ended.stderr)?.[1] ?? "{}";
    expect((JSON.parse(removed) as { journals?: string[] }).journals).toContain("TidegateJournal");
  }, 600_000);

  it("makes nothing without consent", async () => {
    const endpoint = await startCloud();
    const ended = await acceptance(endpoint);
    expect(ended.exitCode, ended.stderr).toBe(2);
    expect(ended.stderr).toMatch(/^This makes and removes resources in account 000000000000, us-east-1 at http/);
  });
});

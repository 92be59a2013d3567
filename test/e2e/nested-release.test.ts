import { afterAll, beforeAll, expect, it } from "vitest";
import { emptyProject, type TestProject } from "../helpers/project.ts";
import { writeSmallApp } from "../helpers/small-app.ts";

let project: TestProject;

beforeAll(async () => {
  project = emptyProject();
  writeSmallApp(project, { version: 1 });
  await project.tidegate("local", "start", "--clock-speed", "60");
});

afterAll(() => project.remove());

it("a release of an app with a nested stack that stays as it is ends whole", async () => {
  const more = 'new CfnQueue(new NestedStack(stack, "Inner"), "Queue");';
  for (const version of [1, 2, 3]) {
    writeSmallApp(project, { version, more });
    const outcome = await project.json<{ release: { state: string; cause?: unknown } }>("deploy", "--real-time");
    expect(outcome, JSON.stringify(outcome.release)).toMatchObject({ exitCode: 0, release: { state: "SUCCEEDED" } });
  }
  const { aliases } = await project.json<{ aliases: { live: { primary: string }; pinned: string }[] }>("status");
  expect(aliases.map(({ live, pinned }) => [live.primary, pinned])).toEqual([
    ["3", "3"],
    ["3", "3"],
  ]);
});

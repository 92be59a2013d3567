import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { renderError } from "../../lib/cli/render-error.ts";
import { SILENT_HOST } from "../../lib/io/message.ts";
import { readProject, stageOf } from "../../lib/synth/project.ts";
import { synthesise } from "../../lib/synth/synthesise.ts";

let folder: string;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "tidegate-bad-project-")));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** What a synthesis of the folder says, with the folder's name left out. */
async function said(): Promise<string[]> {
  const { signal } = new AbortController();
  try {
    const project = readProject(folder, {});
    const stage = stageOf(project, "local");
    await synthesise({ project, stage, output: project.output, context: {}, host: SILENT_HOST, signal });
    return [];
  } catch (error) {
    return renderError(error).map((line) => line.replaceAll(folder, "<project>"));
  }
}

describe("a cdk.json that is wrong is answered with what to write:", () => {
  it("none", async () => {
    expect(await said()).toEqual([
      "error ProjectMissing: There is no cdk.json in <project>, nor in a folder above it",
      "  → Go to the app's folder, or make one: a cdk.json with the command that runs your CDK app as its `app`.",
    ]);
  });

  it.each<[string, string, readonly string[]]>([
    [
      "not JSON",
      "{",
      [
        "error ProjectNotJson: <project>/cdk.json is not JSON: Expected property name or '}' in JSON at position 1 (line 1 column 2)",
        '  → Write for example { "app": "node bin/app.ts" }.',
      ],
    ],
    ["a list", "[1]", ["error ProjectWrong: <project>/cdk.json must be an object, and is [1]"]],
    [
      "no app",
      "{}",
      [
        "error AppCommandMissing: <project>/cdk.json has no `app`: the command that runs the CDK app",
        '  → Add for example "app": "node bin/app.ts".',
      ],
    ],
    [
      "an app that is not there",
      '{ "app": "node app.js" }',
      ["error AppFailed: Cannot find module '<project>/app.js'", "  → Correct `app` in cdk.json: it is `node app.js`."],
    ],
    [
      "a program that is not there",
      '{ "app": "no-such-program" }',
      [
        "error AppNotStarted: The app's command could not be started: no-such-program: spawn no-such-program ENOENT",
        "  → Correct `app` in cdk.json.",
      ],
    ],
    [
      "an app of another kind",
      '{ "app": "echo hello" }',
      [
        "error AssemblyNotWritten: The app's command ended well and wrote no cloud assembly: echo hello",
        "  → Have `app` in cdk.json run a CDK app: `new App()`, and `app.synth()` at the end.",
      ],
    ],
    [
      "a misspelt setting",
      '{ "app": "node app.js", "context": { "tidegate": { "stage": {} } } }',
      ['error ProjectWrong: <project>/cdk.json: context.tidegate has no setting "stage"', '  → Did you mean "stages"?'],
    ],
    [
      "a misspelt setting of a stage",
      '{ "app": "node app.js", "context": { "tidegate": { "stages": { "prod": { "regoin": "eu-west-1" } } } } }',
      [
        'error StageWrong: <project>/cdk.json: context.tidegate.stages.prod: "regoin" is not among account, region, profile, endpoint, protected, development',
      ],
    ],
  ])("%s", async (_what, file, lines) => {
    writeFileSync(join(folder, "cdk.json"), file);
    expect(await said()).toEqual(lines);
  });
});

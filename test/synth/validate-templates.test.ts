import type { SynthesiseOptions } from "../../lib/synth/run-app.ts";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { readProject, stageOf } from "../../lib/synth/project.ts";
import { validateTemplates } from "../../lib/synth/validate-templates.ts";
import { type CdkProject, cdkProject } from "../helpers/cdk-project.ts";

const APP = `
import { App, CfnResource, Stack } from "aws-cdk-lib";
const app = new App();
const stack = new Stack(app, "Plain");
new CfnResource(stack, "Queue", { type: "AWS::SQS::Queue", properties: { VisibilityTimeout: "PROPERTY" } });
app.synth();
`;
const WRONG = APP.replace('"PROPERTY"', "999999");
const RIGHT = APP.replace('"PROPERTY"', "30");

let project: CdkProject;
afterEach(() => project.remove());

async function validate(app: string, context: Record<string, unknown> = {}) {
  project.write("app.ts", app);
  await project.synthesise();
  const read = readProject(project.folder, {});
  const options: SynthesiseOptions = {
    project: read,
    stage: stageOf(read, "local"),
    output: read.output,
    context,
    host: { notify: (message) => void project.messages.push(message), ask: () => Promise.resolve(false) },
    signal: new AbortController().signal,
  };
  return validateTemplates(options);
}

const records = () => readdirSync(join(project.folder, ".tidegate/cache/validated"));

describe("the templates' validation", () => {
  test("warns of what CloudFormation will refuse, with the construct's path", async () => {
    project = cdkProject({ app: "node app.ts" });
    const findings = await validate(WRONG);
    expect(findings).toEqual([expect.objectContaining({ constructPaths: ["Plain/Queue"] })]);
    const warnings = project.messages.filter(({ code }) => code === "TemplateFinding");
    expect(warnings.map(({ level, text }) => [level, text])).toEqual([
      ["warn", expect.stringMatching(/^Plain\/Queue: VisibilityTimeout: /)],
    ]);
  });

  test("says nothing of good templates, and checks the same template once", async () => {
    project = cdkProject({ app: "node app.ts" });
    expect(await validate(RIGHT)).toEqual([]);
    const first = records();
    expect(await validate(`// a comment\n${RIGHT}`)).toEqual([]);
    expect(records()).toEqual(first);
    expect(await validate(WRONG)).toHaveLength(1);
    expect(records()).toHaveLength(2);
  });

  test("reports known findings again", async () => {
    project = cdkProject({ app: "node app.ts" });
    expect(await validate(WRONG)).toEqual(await validate(WRONG));
    expect(records()).toHaveLength(1);
  });

  test("fails when the app is strict about errors", async () => {
    project = cdkProject({ app: "node app.ts" });
    await expect(validate(WRONG, { "@aws-cdk/core:validateAgainstDefaultRules": true })).rejects.toMatchObject({
      code: "TemplateInvalid",
      message: expect.stringContaining("Plain/Queue: VisibilityTimeout"),
    });
  });
});

import { cpSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { readAssembly } from "../../lib/assembly/read-assembly.ts";
import { Aws } from "../../lib/aws/aws.ts";
import { deployApp } from "../../lib/deploy/deploy.ts";
import { identifyTarget } from "../../lib/deploy/target.ts";
import type { TestCloud } from "./cloud.ts";
import { emptyProject, exampleProject, type TestProject } from "./project.ts";

const TEMPLATES = new URL("../../templates", import.meta.url).pathname;

/** Names of all starters, and the repository's example. */
export const STARTERS_AND_EXAMPLE = [...readdirSync(TEMPLATES).sort(), "example"];

/** A resource of a deployed stack. */
export interface StackResource {
  readonly id: string;
  readonly type: string;
  readonly physicalId: string;
}

/** A starter, deployed to a cloud in this process. */
export interface StarterApp {
  readonly name: string;
  readonly cloud: TestCloud;
  readonly region: string;
  readonly stackName: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly resources: readonly StackResource[];
  /** The template's resources. */
  readonly template: Readonly<Record<string, TemplateResource>>;
}

/** A resource as the template has it. */
export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

/** Synthesises a starter, or the example, by the compiled command and deploys it. `edit` changes its app before. */
export async function deployStarterApp(
  cloud: TestCloud,
  name: string,
  edit: (text: string) => string = (text) => text,
): Promise<StarterApp> {
  // The example has the same stack as a starter.
  const region = name === "example" ? "eu-west-1" : "us-east-1";
  const project = name === "example" ? exampleProject() : starterCopy(name);
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const aws = new Aws({ region, endpoint: cloud.endpoint, credentials });
  try {
    project.edit("bin/app.ts", edit);
    const synthesised = await project.tidegate("synth", "--quiet");
    if (synthesised.exitCode !== 0) throw new Error(synthesised.stderr);
    const assembly = readAssembly(join(project.folder, "cdk.out"));
    const report = await deployApp({
      target: await identifyTarget(aws, "local", region),
      assembly,
      wanted: [],
      parameters: {},
      origin: { actor: "tester" },
      holder: { name: "tester", isGone: () => false },
      approval: "never",
      allowReplacement: false,
      detach: false,
      host: { notify: () => undefined, ask: () => Promise.resolve(true) },
      signal: new AbortController().signal,
    });
    const { outputs, stackName } = report.stacks[0]!;
    const found = await cloud.call("cloudformation", "DescribeStackResources", { StackName: stackName }, { region });
    const resources = (found.StackResources ?? []).map((each) => ({
      id: each.LogicalResourceId,
      type: each.ResourceType,
      physicalId: each.PhysicalResourceId!,
    }));
    const { Resources: template } = JSON.parse(readFileSync(assembly.stacks[0]!.templatePath, "utf8")) as {
      Resources: Readonly<Record<string, TemplateResource>>;
    };
    return { name, cloud, region, stackName, outputs, resources, template };
  } finally {
    await aws.close();
    rmSync(project.folder, { recursive: true, force: true });
  }
}

function starterCopy(name: string): TestProject {
  const project = emptyProject();
  cpSync(join(TEMPLATES, name), project.folder, { recursive: true });
  return project;
}

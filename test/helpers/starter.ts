import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { emptyProject, type TestProject } from "./project.ts";

/** How a deploy of a starter ended. */
export interface StarterDeploy {
  readonly exitCode: number;
  readonly release?: { readonly state: string };
  readonly stacks: readonly { readonly outputs: Readonly<Record<string, string>> }[];
}

/** A project made by `init` from a starter, with the package installed and a local cloud on which a minute is a second. */
export async function starterProject(template: string): Promise<TestProject> {
  const project = emptyProject();
  rmSync(join(project.folder, "package.json"));
  const [modules, aside] = [join(project.folder, "node_modules"), `${project.folder}-modules`];
  await project.run("mv", [modules, aside]);
  const made = await project.tidegate("init", ".", "--template", template);
  await project.run("mv", [aside, modules]);
  if (made.exitCode !== 0 || !existsSync(join(project.folder, "bin/app.ts"))) throw new Error(made.stderr);
  const synthesised = await project.tidegate("synth", "--quiet");
  if (synthesised.exitCode !== 0) throw new Error(synthesised.stderr);
  await project.tidegate("local", "start", "--clock-speed", "60");
  return project;
}

/** Deploys and answers the outputs. */
export async function deployStarter(project: TestProject): Promise<Readonly<Record<string, string>>> {
  const deployed = await project.json<StarterDeploy>("deploy");
  if (deployed.exitCode !== 0) throw new Error(JSON.stringify(deployed));
  return deployed.stacks[0]!.outputs;
}

/** Destroys, and expects that nothing is left of the stacks. */
export async function destroyStarter(project: TestProject): Promise<void> {
  const { exitCode, stderr } = await project.tidegate("destroy", "--yes");
  const { stacks } = await project.json<{ stacks: Readonly<Record<string, string>> }>("status");
  const left = Object.entries(stacks).filter(([, status]) => status !== "DELETE_COMPLETE");
  if (exitCode !== 0 || left.length > 0) throw new Error(`${JSON.stringify(left)} left: ${stderr}`);
}

/** What an SDK client needs to talk to the project's local cloud. */
export async function clientOptions(project: TestProject) {
  const { endpoint } = await project.json<{ endpoint: string }>("local", "status");
  return { endpoint, region: "us-east-1", credentials: { accessKeyId: "test", secretAccessKey: "test" } };
}

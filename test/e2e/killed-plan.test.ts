import { afterAll, beforeAll, expect, test } from "vitest";
import { CountingProxy } from "../helpers/counting-proxy.ts";
import { emptyProject, type TestProject } from "../helpers/project.ts";
import { writeSmallApp } from "../helpers/small-app.ts";

interface Status {
  readonly plans: readonly { readonly id: string; readonly dead: boolean }[];
  readonly aliases: readonly { readonly live: { readonly primary: string } }[];
}

interface History {
  readonly releases: readonly { readonly id: string }[];
  readonly plans: readonly { readonly id: string; readonly closed?: { readonly outcome: string } }[];
}

let project: TestProject;
let proxy: CountingProxy;

const QUEUE = 'new CfnQueue(stack, "Orders", { delaySeconds: 5 });';

/** Writes the app, with a stage whose calls go through the proxy. */
function write(version: number, more = ""): void {
  writeSmallApp(project, { version, more });
  const stages = { local: {}, held: { region: "us-east-1", endpoint: proxy.endpoint } };
  project.write(
    "cdk.json",
    JSON.stringify({ app: "node bin/app.ts", context: { tidegate: { app: "small", stages } } }),
  );
}

function json<T>(...args: string[]): Promise<T & { exitCode?: number }> {
  return project.json<T>(...args, "--stage", "held");
}

function deploy() {
  return json<{ readonly release?: { readonly id: string } }>("deploy", "--require-approval", "never");
}

async function live(): Promise<readonly string[]> {
  return (await json<Status>("status")).aliases.map((alias) => alias.live.primary);
}

beforeAll(async () => {
  project = emptyProject({ AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" });
  writeSmallApp(project, { version: 1 });
  const { endpoint } = await project.json<{ endpoint: string }>("local", "start");
  proxy = await CountingProxy.start(endpoint);
  for (const version of [1, 2]) {
    write(version);
    const { exitCode } = await deploy();
    if (exitCode !== 0) throw new Error(`version ${version} was not deployed: ${exitCode}`);
  }
});

afterAll(async () => {
  await proxy.stop();
  await project.remove();
});

test("a deploy that is killed while it reads the stacks is known to every verb, and a rollback gives it up", async () => {
  write(3);
  const seen = proxy.calls.length;
  proxy.faultOf = ({ operation }) => (operation === "DescribeStacks" ? "hold" : undefined);
  const running = project.start("deploy", "--stage", "held", "--require-approval", "never");
  await expect.poll(() => proxy.calls.slice(seen).some(({ operation }) => operation === "DescribeStacks")).toBe(true);
  running.process.kill("SIGKILL");
  await running.ended;
  proxy.faultOf = () => undefined;

  const { plans } = await json<Status>("status");
  expect(plans).toMatchObject([{ dead: true }]);
  const id = plans[0]?.id ?? "";
  const { stdout } = await project.tidegate("history", "--stage", "held");
  expect(stdout.split("\n")[0]).toContain(`${id}  deploy KILLED  nothing changed, by tester`);

  const resumed = await project.tidegate("resume", "--stage", "held");
  expect(resumed.exitCode).toBe(7);
  expect(resumed.stderr).toContain(`Deploy ${id} by tester`);

  const back = await project.tidegate("rollback", "--stage", "held");
  expect(back.exitCode).toBe(0);
  expect(back.stdout).toContain(`Deploy ${id} by tester was aborted before it changed anything. No alias was moved.`);
  expect(await live()).toEqual(["2", "2"]);
});

test("declined and unchanged deploys are reported as such, and are not releases", async () => {
  write(3);
  const declined = await project.tidegate("deploy", "--stage", "held", "--require-approval", "any-change");
  expect(declined.exitCode).toBe(4);
  write(2);
  expect(await deploy()).toMatchObject({ exitCode: 0, unchanged: true });
  const { plans, releases } = await json<History>("history");
  expect(plans.map(({ closed }) => closed?.outcome)).toEqual(["unchanged", "declined", "given-up"]);
  expect(releases).toHaveLength(2);
});

test("a rollback passes over a release that only changed a queue, and says what it leaves and what stays", async () => {
  write(2, QUEUE);
  const { release } = await deploy();
  const back = await project.tidegate("rollback", "--stage", "held");
  expect(back.exitCode).toBe(13);
  expect(back.stderr).toContain("Small/A: version 2 → 1");
  expect(back.stderr).toContain(`release ${release?.id} is newer and moved no alias: it is skipped`);
  expect(back.stderr).toContain("stays as it is: Small/Orders (AWS::SQS::Queue, added)");
  expect(await live()).toEqual(["1", "1"]);
});

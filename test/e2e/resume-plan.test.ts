import { afterAll, beforeAll, expect, it } from "vitest";
import { LambdaClient, InvokeCommand } from "@aws-sdk/client-lambda";
import { emptyProject, type TestProject } from "../helpers/project.ts";
import { writeSmallApp } from "../helpers/small-app.ts";

interface Outcome {
  readonly exitCode: number;
  readonly release?: { readonly id: string; readonly state: string };
}

let project: TestProject;
let lambda: LambdaClient;

beforeAll(async () => {
  project = emptyProject();
  writeSmallApp(project, { version: 1 });
  const { endpoint } = await project.json<{ endpoint: string }>("local", "start", "--clock-speed", "60");
  lambda = new LambdaClient({
    region: "us-east-1",
    endpoint,
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  });
  await project.json("deploy", "--real-time");
});

afterAll(async () => {
  lambda.destroy();
  await project.remove();
});

async function answer(id: string): Promise<unknown> {
  const { Payload } = await lambda.send(new InvokeCommand({ FunctionName: `small-${id}`, Qualifier: "live" }));
  return JSON.parse(new TextDecoder().decode(Payload));
}

/** Kills a deploy of version 2 as soon as its stage has started. */
async function dieInStaging(): Promise<string> {
  writeSmallApp(project, { version: 2 });
  const running = project.start("deploy", "--real-time", "--verbose");
  await running.saw(/stack updates with traffic pinned/);
  running.process.kill("SIGKILL");
  await running.ended;
  const { release } = await project.json<Outcome>("status");
  expect(release?.state).toBe("STAGING");
  return release!.id;
}

it("resume of a release that died while staging deploys the stored plan, not the output folder", async () => {
  const id = await dieInStaging();
  writeSmallApp(project, { version: 666, functions: ["A", "B"] });
  await project.json("synth");
  const resumed = await project.json<Outcome>("resume");
  expect(resumed).toMatchObject({ exitCode: 0, release: { id, state: "SUCCEEDED" } });
  expect(await answer("A")).toEqual({ version: "2" });
  expect(await answer("B")).toEqual({ version: "2" });
});

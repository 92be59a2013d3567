import { GetAliasCommand, InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { emptyProject, type TestProject } from "../helpers/project.ts";
import { writeSmallApp } from "../helpers/small-app.ts";

/** What a person and a script see of a release from outside, over the wire. `journal-place.test.ts` has 7, 8, 9 and 11. */

const Bucket = "tidegate-journal-000000000000-us-east-1";
const Key = "tidegate/releases/small/local/release.json";
const CANARY = "Rollout.canary({ percent: 50, bake: Duration.hours(20) })";
const QUEUE = 'new CfnQueue(stack, "Orders");';

interface Status {
  readonly standing: { readonly name: string; readonly exitCode: number };
  readonly summary: {
    readonly since: number;
    readonly reason?: string;
    readonly driver?: { readonly actor: string; readonly seenAt: number; readonly isSilent: boolean };
    readonly evidence: readonly { readonly path: string; readonly next: { readonly calls?: number } }[];
    readonly next: readonly { readonly verb: string }[];
  };
}

let project: TestProject;
let s3: S3Client;
let lambda: LambdaClient;

beforeAll(async () => {
  project = emptyProject();
  writeSmallApp(project, { version: 1 });
  const { endpoint } = await project.json<{ endpoint: string }>("local", "start", "--clock-speed", "60");
  const settings = { region: "us-east-1", endpoint, credentials: { accessKeyId: "test", secretAccessKey: "test" } };
  s3 = new S3Client({ ...settings, forcePathStyle: true });
  lambda = new LambdaClient(settings);
  await project.json("deploy");
}, 120_000);

afterAll(async () => {
  for (const client of [s3, lambda]) client.destroy();
  await project.remove();
});

const status = () => project.json<Status>("status");
const exitCode = async () => (await project.tidegate("status", "--exit-code")).exitCode;

async function readJournal(): Promise<string> {
  return (await (await s3.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToString()) ?? "";
}

/** What `status --exit-code` ends with while the journal reads so. */
async function exitCodeWith(change: (text: string) => string): Promise<number | null> {
  const text = await readJournal();
  const changed = change(text);
  expect(changed).not.toBe(text);
  await s3.send(new PutObjectCommand({ Bucket, Key, Body: changed }));
  const code = await exitCode();
  await s3.send(new PutObjectCommand({ Bucket, Key, Body: text }));
  return code;
}

function inState(state: string) {
  return (text: string) => {
    const document = JSON.parse(text) as { readonly release: object };
    return JSON.stringify({ ...document, release: { ...document.release, state } });
  };
}

describe("status, for a script and for a person", { timeout: 300_000 }, () => {
  it("ends with 0 where everything is settled, and names what can be done", async () => {
    expect(await exitCode()).toBe(0);
    const { stdout } = await project.tidegate("status");
    expect(stdout).toMatch(/\n {2}since \S+Z, \d+ (s|min|h|d) ago\n/);
    expect(stdout).toMatch(/\n {2}next: deploy +releases what the sources say\n/);
  });

  it("ends with 10 while a release has a driver, and shows who, when it was seen, and both versions' calls", async () => {
    writeSmallApp(project, { version: 2, policy: CANARY });
    const running = project.start("deploy", "--real-time", "--verbose");
    await expect
      .poll(
        async () => {
          const alias = await lambda.send(new GetAliasCommand({ FunctionName: "small-A", Name: "live" }));
          return Object.keys(alias.RoutingConfig?.AdditionalVersionWeights ?? {});
        },
        { timeout: 120_000 },
      )
      .toEqual(["2"]);
    for (let call = 0; call < 20; call++)
      await lambda.send(new InvokeCommand({ FunctionName: "small-A", Qualifier: "live" }));
    const callsOf = async () => (await status()).summary.evidence.find(({ path }) => path === "Small/A")?.next.calls;
    await expect.poll(callsOf, { timeout: 120_000 }).toBeGreaterThan(0);
    expect(await exitCode()).toBe(10);
    const { summary } = await status();
    expect(summary).toMatchObject({ driver: { isSilent: false }, next: [{ verb: "status --watch" }, {}, {}, {}] });
    expect(summary.driver?.seenAt).toBeGreaterThanOrEqual(summary.since);
    const { stdout } = await project.tidegate("status");
    expect(stdout).toMatch(/\n {2}driver \S.*, last seen \d+ (s|min) ago\n/);
    expect(stdout).toMatch(
      /\n {2}Small\/A: stable version 1 \d+ calls, 0 failed; next version 2 \d+ calls, 0 failed\n/,
    );

    expect((await project.tidegate("pause")).exitCode).toBe(0);
    await running.ended;
  });

  it("ends with 4 where the release is paused, and says by whom", async () => {
    expect(await exitCode()).toBe(4);
    const { standing, summary } = await status();
    expect(standing).toEqual({ name: "paused", exitCode: 4 });
    expect(summary.reason).toBe("pause requested by tester");
    expect(summary.next.map(({ verb }) => verb)).toEqual(["explain", "promote", "resume", "rollback"]);
  });

  it("ends with 1, 5 and 6 where an alias cannot be read, is blocked, or the stacks' parameters wait", async () => {
    expect(await exitCodeWith((text) => text.replaceAll('"name":"small-A"', '"name":"not a name"'))).toBe(1);
    expect(await exitCodeWith(inState("ROLLBACK_BLOCKED"))).toBe(5);
    expect(await exitCodeWith(inState("FINALISE_PENDING"))).toBe(6);
    expect((await project.tidegate("rollback")).exitCode).toBe(0);
    expect(await exitCode()).toBe(0);
  });
});

describe("a release that changed more than traffic", { timeout: 300_000 }, () => {
  it("is rolled back with a code of its own, and what stays is named", async () => {
    writeSmallApp(project, { version: 3, functions: ["A", "B", "C"], more: QUEUE });
    expect(await project.json("deploy")).toMatchObject({ exitCode: 0 });
    const back = await project.tidegate("rollback");
    expect(back.exitCode, back.stdout).toBe(13);
    expect(back.stdout).toContain("of the release this is not undone:\n  Small/C was added: it stays");
    expect(back.stdout).toContain("\n  Small/Orders (AWS::SQS::Queue, added)\n");
    expect(await exitCode()).toBe(0);
  });

  it("is recognised by diff where a function was renamed, and the old one does not come back", async () => {
    writeSmallApp(project, { version: 4, functions: ["A", "C", "D"], more: QUEUE });
    const { stdout } = await project.tidegate("diff");
    expect(stdout).toContain(
      "  Small/D: new, with the code of Small/B, which is removed. To AWS it is another function: it takes all traffic at once, without a canary. Keep the construct's id to keep its versions\n",
    );
    expect(stdout).toContain(
      "  Small/B: removed after the promotion, as Small/D takes its place. Its versions go with it",
    );
    expect(await project.json("deploy")).toMatchObject({ exitCode: 0 });
    const back = await project.json<{ notUndone: readonly string[] }>("rollback");
    expect(back).toMatchObject({ exitCode: 13 });
    expect(back.notUndone).toContain("Small/B was removed: it does not come back");
    expect(back.notUndone).toContain("Small/D was added: it stays, with the version that it has");
  });
});

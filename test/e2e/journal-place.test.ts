import { CloudFormationClient, CreateStackCommand, DescribeStacksCommand } from "@aws-sdk/client-cloudformation";
import { GetAliasCommand, LambdaClient, UpdateAliasCommand } from "@aws-sdk/client-lambda";
import {
  DeleteObjectCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketPolicyCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  GetPublicAccessBlockCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bootstrapTemplate } from "../../lib/local/bootstrap-template.ts";
import { emptyProject, type TestProject } from "../helpers/project.ts";
import { writeSmallApp, type SmallApp } from "../helpers/small-app.ts";

const ACCOUNT = "000000000000";
const OWN = `tidegate-journal-${ACCOUNT}-us-east-1`;
const BOOTSTRAP = `cdk-hnb659fds-assets-${ACCOUNT}-us-east-1`;
const KEY = "tidegate/releases/small/local/release.json";
const CANARY = "Rollout.canary({ percent: 10, bake: Duration.hours(20) })";

interface Outcome {
  readonly exitCode: number;
  readonly unchanged?: boolean;
  readonly release?: { readonly id: string; readonly state: string };
}

interface Status {
  readonly standing: { readonly name: string; readonly exitCode: number };
  readonly journal: { readonly condition: string };
  readonly release?: { readonly state: string };
  readonly aliases: readonly { readonly path: string; readonly live?: { readonly additional?: object } }[];
}

let project: TestProject;
let s3: S3Client;
let lambda: LambdaClient;
let cloudformation: CloudFormationClient;

beforeAll(async () => {
  project = emptyProject();
  writeSmallApp(project, { version: 1 });
  const { endpoint } = await project.json<{ endpoint: string }>("local", "start", "--clock-speed", "60");
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const settings = { region: "us-east-1", endpoint, credentials };
  s3 = new S3Client({ ...settings, forcePathStyle: true });
  lambda = new LambdaClient(settings);
  cloudformation = new CloudFormationClient(settings);
});

afterAll(async () => {
  for (const client of [s3, lambda, cloudformation]) client.destroy();
  await project.remove();
});

function deploy(app: SmallApp, ...flags: string[]): Promise<Outcome> {
  writeSmallApp(project, app);
  return project.json<Outcome>("deploy", "--real-time", ...flags);
}

/** Kills a deploy of a canary once an alias is at its first weight. */
async function dieInCanary(app: SmallApp): Promise<void> {
  expect(await weights()).toEqual([false, false]);
  writeSmallApp(project, { ...app, policy: CANARY });
  const running = project.start("deploy", "--real-time", "--verbose");
  await expect.poll(() => weights(), { timeout: 120_000 }).toEqual([true, true]);
  running.process.kill("SIGKILL");
  await running.ended;
}

/** Whether each alias has a second version. */
function weights(): Promise<boolean[]> {
  return Promise.all(
    ["small-A", "small-B"].map(async (FunctionName) => {
      const { RoutingConfig } = await lambda.send(new GetAliasCommand({ FunctionName, Name: "live" }));
      return Object.keys(RoutingConfig?.AdditionalVersionWeights ?? {}).length > 0;
    }),
  );
}

const status = () => project.json<Status>("status");
const exitOf = async (...args: string[]) => (await project.tidegate(...args)).exitCode;

async function textOf(Bucket: string, Key = KEY): Promise<string> {
  return (await s3.send(new GetObjectCommand({ Bucket, Key }))).Body!.transformToString();
}

describe("an app of the default qualifier", { timeout: 300_000 }, () => {
  it("ends with its own code where nothing is deployed, for every verb", async () => {
    expect(await exitOf("status", "--exit-code")).toBe(7);
    for (const verb of ["rollback", "resume", "abort", "promote", "pause"]) expect(await exitOf(verb)).toBe(7);
    expect(await exitOf("status")).toBe(0);
  });

  it("gets its own bucket for the journal, as progress shows", async () => {
    writeSmallApp(project, { version: 1 });
    const first = await project.tidegate("deploy", "--real-time");
    expect(first.exitCode, first.stderr).toBe(0);
    expect(first.stderr).toContain("TidegateJournal");
    const second = await project.tidegate("deploy", "--real-time");
    expect(second.stderr).not.toContain("TidegateJournal");
    const { Stacks } = await cloudformation.send(new DescribeStacksCommand({ StackName: "TidegateJournal" }));
    expect(Stacks?.[0]?.StackStatus).toBe("CREATE_COMPLETE");
    const Bucket = OWN;
    expect(await s3.send(new GetBucketVersioningCommand({ Bucket }))).toMatchObject({ Status: "Enabled" });
    expect(await s3.send(new GetPublicAccessBlockCommand({ Bucket }))).toMatchObject({
      PublicAccessBlockConfiguration: { BlockPublicPolicy: true, RestrictPublicBuckets: true },
    });
    const { Policy } = await s3.send(new GetBucketPolicyCommand({ Bucket }));
    expect(Policy).toContain("aws:SecureTransport");
    const { Rules } = await s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }));
    expect(Rules).toMatchObject([{ Status: "Enabled", NoncurrentVersionExpiration: { NoncurrentDays: 30 } }]);
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: BOOTSTRAP, Prefix: "tidegate/" }));
    expect(Contents).toEqual([]);
    expect(await exitOf("status", "--exit-code")).toBe(0);
    expect((await status()).standing).toEqual({ name: "settled", exitCode: 0 });
  });

  it("moves a journal from the bootstrap's bucket, and leaves nothing there that an older version acts on", async () => {
    await deploy({ version: 2 });
    await moveBack();
    expect(await exitOf("status", "--exit-code")).toBe(0);
    expect(await exitOf("history")).toBe(0);
    writeSmallApp(project, { version: 3 });
    const moved = await project.tidegate("deploy", "--real-time");
    expect(moved.exitCode, moved.stderr).toBe(0);
    expect(moved.stderr).toContain("The release journal was moved");
    expect(JSON.parse(await textOf(BOOTSTRAP))).toEqual({ format: 2, movedTo: `s3://${OWN}/${KEY}` });
    const { releases } = await project.json<{ releases: readonly { readonly id: string }[] }>("history");
    expect(releases).toHaveLength(3);
    expect(await exitOf("explain", releases[1]!.id)).toBe(0);
    expect(await project.json<Outcome>("rollback")).toMatchObject({ exitCode: 0, release: { state: "ROLLED_BACK" } });
    expect(await exitOf("rollback")).toBe(7);
  });
});

/** Puts the journal where earlier versions kept it. */
async function moveBack(): Promise<void> {
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: OWN }));
  for (const { Key = "" } of Contents) {
    await s3.send(new PutObjectCommand({ Bucket: BOOTSTRAP, Key, Body: await textOf(OWN, Key) }));
    await s3.send(new DeleteObjectCommand({ Bucket: OWN, Key }));
  }
}

describe("a journal that fails during a canary", { timeout: 300_000 }, () => {
  it("is restored by rollback where it was deleted, and aliases go back", async () => {
    await dieInCanary({ version: 4 });
    expect(await exitOf("status", "--exit-code")).toBe(11);
    await s3.send(new DeleteObjectCommand({ Bucket: OWN, Key: KEY }));
    const seen = await status();
    expect(seen).toMatchObject({
      standing: { name: "journal-lost", exitCode: 8 },
      journal: { condition: "restorable" },
    });
    expect(seen.aliases.every(({ live }) => live?.additional !== undefined)).toBe(true);
    expect(await exitOf("status", "--exit-code")).toBe(8);
    expect(await project.json<Outcome>("rollback")).toMatchObject({ exitCode: 0, release: { state: "ROLLED_BACK" } });
    expect(await weights()).toEqual([false, false]);
    expect(await exitOf("status", "--exit-code")).toBe(0);
  });

  it("is rebuilt from the aliases where all of its versions are damaged", async () => {
    await dieInCanary({ version: 5 });
    await s3.send(new DeleteObjectCommand({ Bucket: OWN, Key: KEY }));
    await forgetVersions();
    await s3.send(new PutObjectCommand({ Bucket: OWN, Key: KEY, Body: "{ damaged" }));
    expect((await status()).journal.condition).toBe("rebuilt");
    expect(await exitOf("history")).toBe(8);
    expect(await exitOf("promote")).toBe(8);
    expect(await project.json<Outcome>("resume")).toMatchObject({ exitCode: 3, release: { state: "ROLLED_BACK" } });
    expect(await weights()).toEqual([false, false]);
    expect(await deploy({ version: 6 })).toMatchObject({ exitCode: 0, release: { state: "SUCCEEDED" } });
  });

  it("is reported as drifted after an alias was moved by hand", async () => {
    await lambda.send(new UpdateAliasCommand({ FunctionName: "small-A", Name: "live", FunctionVersion: "$LATEST" }));
    expect(await exitOf("status", "--exit-code")).toBe(9);
  });
});

async function forgetVersions(): Promise<void> {
  const { Versions = [], DeleteMarkers = [] } = await s3.send(
    new ListObjectVersionsCommand({ Bucket: OWN, Prefix: KEY }),
  );
  for (const { VersionId } of [...Versions, ...DeleteMarkers]) {
    await s3.send(new DeleteObjectCommand({ Bucket: OWN, Key: KEY, VersionId }));
  }
}

describe("an app of another qualifier", { timeout: 300_000 }, () => {
  const acme = {
    stackProps: '{ stackName: "Acme", synthesizer: new DefaultStackSynthesizer({ qualifier: "acme" }) }',
    functions: ["C"],
  };

  it("has a journal of its own, which every verb finds, with the assembly and without it", async () => {
    await cloudformation.send(
      new CreateStackCommand({
        StackName: "AcmeToolkit",
        TemplateBody: JSON.stringify(bootstrapTemplate()),
        Parameters: [{ ParameterKey: "Qualifier", ParameterValue: "acme" }],
        Capabilities: ["CAPABILITY_NAMED_IAM"],
      }),
    );
    await expect
      .poll(async () => {
        const { Stacks } = await cloudformation.send(new DescribeStacksCommand({ StackName: "AcmeToolkit" }));
        return Stacks?.[0]?.StackStatus;
      })
      .toBe("CREATE_COMPLETE");
    project.edit("cdk.json", (text) => text.replace('"app":"small"', '"app":"acme"'));
    const write = (version: number) => {
      writeSmallApp(project, { version, ...acme });
      project.edit("cdk.json", (text) => text.replace('"app":"small"', '"app":"acme"'));
    };
    for (const version of [1, 2]) {
      write(version);
      expect(await project.json<Outcome>("deploy", "--real-time")).toMatchObject({ exitCode: 0 });
    }
    const bucket = `tidegate-journal-acme-${ACCOUNT}-us-east-1`;
    expect(await textOf(bucket, "tidegate/releases/acme/local/release.json")).toContain('"SUCCEEDED"');
    await project.run("rm", ["-rf", "cdk.out"]);
    expect(await exitOf("status", "--exit-code")).toBe(0);
    expect(await project.json<Outcome>("rollback")).toMatchObject({ exitCode: 0, release: { state: "ROLLED_BACK" } });
    expect(await exitOf("explain")).toBe(0);
    expect(await exitOf("rollback")).toBe(7);
  });
});

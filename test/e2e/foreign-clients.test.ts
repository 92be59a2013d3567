import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { emptyProject, exampleProject, type TestProject } from "../helpers/project.ts";
import { call } from "../helpers/todo-client.ts";

const CREDENTIALS = { AWS_ACCESS_KEY_ID: "dummy", AWS_SECRET_ACCESS_KEY: "dummy", AWS_REGION: "us-east-1" };

async function startCloud(project: TestProject): Promise<string> {
  return (await project.json<{ endpoint: string }>("local", "start")).endpoint;
}

describe("an unmodified cdk CLI with only an endpoint and dummy credentials", () => {
  let project: TestProject;
  let cdk: (...args: string[]) => ReturnType<TestProject["run"]>;

  beforeAll(async () => {
    project = exampleProject();
    const endpoint = await startCloud(project);
    const program = join(project.folder, "node_modules/aws-cdk/bin/cdk");
    cdk = (...args) =>
      project.run(process.execPath, [program, ...args], { ...CREDENTIALS, AWS_ENDPOINT_URL: endpoint });
  });

  afterAll(() => project.remove());

  it("deploys the example, which then answers; finds no difference; and destroys it", async () => {
    const deployed = await cdk("deploy", "--require-approval", "never", "--outputs-file", "outputs.json");
    expect(deployed, deployed.stderr).toMatchObject({ exitCode: 0 });
    const outputs = JSON.parse(readFileSync(join(project.folder, "outputs.json"), "utf8")) as {
      Todo: { ApiUrl: string };
    };
    expect((await call(outputs.Todo.ApiUrl, "POST", "/todos", { title: "by cdk" })).status).toBe(201);

    const diff = await cdk("diff", "--fail");
    expect(diff, diff.stderr).toMatchObject({ exitCode: 0 });
    expect(diff.stdout + diff.stderr).toContain("There were no differences");

    const destroyed = await cdk("destroy", "--force");
    expect(destroyed, destroyed.stderr).toMatchObject({ exitCode: 0 });
    expect((await call(outputs.Todo.ApiUrl, "GET", "/todos")).status).toBeGreaterThanOrEqual(403);
  });
});

describe("a CDK app that knows nothing of tidegate", () => {
  let project: TestProject;

  beforeAll(() => {
    project = emptyProject();
    mkdirSync(join(project.folder, "code"));
    writeFileSync(
      join(project.folder, "code/index.js"),
      "exports.handler = async () => ({ statusCode: 200, body: process.env.GREETING });\n",
    );
    writeFileSync(join(project.folder, "cdk.json"), '{ "app": "node app.js" }\n');
    writeFileSync(
      join(project.folder, "app.js"),
      `import { App, CfnOutput, RemovalPolicy, Stack } from "aws-cdk-lib";
import { HttpApi } from "aws-cdk-lib/aws-apigatewayv2";
import { HttpLambdaIntegration } from "aws-cdk-lib/aws-apigatewayv2-integrations";
import { Code, Function, Runtime } from "aws-cdk-lib/aws-lambda";
import { Bucket } from "aws-cdk-lib/aws-s3";

const stack = new Stack(new App(), "Plain");
const fn = new Function(stack, "Fn", {
  runtime: Runtime.NODEJS_22_X, handler: "index.handler", code: Code.fromAsset("code"), environment: { GREETING: "hello" },
});
const bucket = new Bucket(stack, "Bucket", { removalPolicy: RemovalPolicy.DESTROY, autoDeleteObjects: true });
bucket.grantRead(fn);
const api = new HttpApi(stack, "Api", { defaultIntegration: new HttpLambdaIntegration("Main", fn) });
new CfnOutput(stack, "Url", { value: api.apiEndpoint });
new CfnOutput(stack, "BucketName", { value: bucket.bucketName });
`,
    );
  });

  afterAll(() => project.remove());

  it("is deployed by tidegate, answers, and is destroyed with its custom resource emptying the bucket", async () => {
    const deployed = await project.json<{ stacks: { outputs: Record<string, string> }[] }>("deploy");
    const { Url, BucketName } = deployed.stacks[0]!.outputs;
    const answer = await fetch(`${Url}/anything`);
    expect([answer.status, await answer.text()]).toEqual([200, "hello"]);

    const { endpoint } = await project.json<{ endpoint: string }>("local", "status");
    const credentials = { accessKeyId: "dummy", secretAccessKey: "dummy" };
    const s3 = new S3Client({ endpoint, region: "us-east-1", credentials, forcePathStyle: true });
    await s3.send(new PutObjectCommand({ Bucket: BucketName, Key: "left.txt", Body: "left behind" }));
    s3.destroy();
    const destroyed = await project.json("destroy", "--yes");
    expect(destroyed).toMatchObject({ stacks: [{ stackName: "Plain", outcome: "deleted" }] });
  });
});

describe.runIf(existsSync("/usr/bin/aws"))("Debian's aws CLI", () => {
  let project: TestProject;
  let aws: (...args: string[]) => Promise<Record<string, unknown>>;

  beforeAll(async () => {
    project = exampleProject();
    const endpoint = await startCloud(project);
    await project.json("deploy");
    aws = async (...args) => {
      const result = await project.run(
        "/usr/bin/aws",
        ["--endpoint-url", endpoint, "--output", "json", ...args],
        CREDENTIALS,
      );
      if (result.exitCode !== 0) throw new Error(result.stderr);
      return JSON.parse(result.stdout === "" ? "{}" : result.stdout) as Record<string, unknown>;
    };
  });

  afterAll(() => project.remove());

  it("reads the stack, calls a function by its alias, reads the table, and copies objects", async () => {
    expect(await aws("cloudformation", "describe-stacks", "--stack-name", "Todo")).toMatchObject({
      Stacks: [{ StackStatus: "CREATE_COMPLETE" }],
    });
    const { StackResources } = (await aws("cloudformation", "describe-stack-resources", "--stack-name", "Todo")) as {
      StackResources: { ResourceType: string; LogicalResourceId: string; PhysicalResourceId: string }[];
    };
    const physical = (type: string, id: string) =>
      StackResources.find((r) => r.ResourceType === type && r.LogicalResourceId.startsWith(id))!.PhysicalResourceId;

    const list = physical("AWS::Lambda::Function", "List");
    const event = JSON.stringify({ rawPath: "/todos", requestContext: { http: { method: "GET" } } });
    const invoked = await aws(
      "lambda",
      "invoke",
      "--function-name",
      `${list}:live`,
      "--cli-binary-format",
      "raw-in-base64-out",
      "--payload",
      event,
      "out.json",
    );
    expect(invoked).toMatchObject({ StatusCode: 200, ExecutedVersion: "1" });
    expect(JSON.parse(readFileSync(join(project.folder, "out.json"), "utf8"))).toMatchObject({ statusCode: 200 });

    const table = physical("AWS::DynamoDB::Table", "Table");
    await aws("dynamodb", "put-item", "--table-name", table, "--item", '{"id":{"S":"cli"},"title":{"S":"by the CLI"}}');
    expect(await aws("dynamodb", "scan", "--table-name", table)).toMatchObject({
      Count: 1,
      Items: [{ title: { S: "by the CLI" } }],
    });

    writeFileSync(join(project.folder, "note.txt"), "a note");
    await aws("s3api", "create-bucket", "--bucket", "notes");
    await aws("s3api", "put-object", "--bucket", "notes", "--key", "a/note.txt", "--body", "note.txt");
    expect(await aws("s3api", "list-objects-v2", "--bucket", "notes")).toMatchObject({
      Contents: [{ Key: "a/note.txt", Size: 6 }],
    });
  });
});

import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  ApiGatewayV2Client,
  GetApisCommand,
  GetIntegrationsCommand,
  GetRoutesCommand,
} from "@aws-sdk/client-apigatewayv2";
import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  UpdateStackCommand,
} from "@aws-sdk/client-cloudformation";
import { InvokeCommand, LambdaClient, ListVersionsByFunctionCommand } from "@aws-sdk/client-lambda";
import { afterEach, beforeEach, expect, test } from "vitest";
import { eventLines, eventsOf, settledStack, spineTemplate } from "./spine.ts";

let stateFolder: string;
let served: ChildProcess | undefined;

beforeEach(async () => {
  stateFolder = await mkdtemp(join(tmpdir(), "tidegate-kill-"));
});

afterEach(async () => {
  await kill();
  await rm(stateFolder, { recursive: true, force: true });
});

async function serve(): Promise<
  Record<"endpoint" | "region", string> & { credentials: { accessKeyId: string; secretAccessKey: string } }
> {
  served = spawn(process.execPath, [join(import.meta.dirname, "served-cloud.ts"), stateFolder], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = (await once(served.stdout!, "data")) as [Buffer];
  return {
    endpoint: line.toString().trim(),
    region: "us-east-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  };
}

async function kill(): Promise<void> {
  if (!served || served.exitCode !== null || served.signalCode !== null) return;
  const exited = once(served, "exit");
  served.kill("SIGKILL");
  await exited;
}

/** Resolves once the stack has emitted that many events. */
async function eventsReach(client: CloudFormationClient, StackName: string, count: number): Promise<void> {
  for (;;) {
    const page = await client.send(new DescribeStackEventsCommand({ StackName })).catch(() => undefined);
    if ((page?.StackEvents?.length ?? 0) >= count) return;
  }
}

const TemplateBody = JSON.stringify(spineTemplate());
const Capabilities = ["CAPABILITY_IAM" as const];

test.for([2, 6, 11, 17, 24, 31])(
  "a creation that was killed after %i events is gone on with",
  { timeout: 60_000 },
  async (count) => {
    const before = new CloudFormationClient({ ...(await serve()), maxAttempts: 1 });
    await before.send(new CreateStackCommand({ StackName: "killed", TemplateBody, Capabilities }));
    await eventsReach(before, "killed", count);
    await kill();

    const config = await serve();
    const after = new CloudFormationClient(config);
    const stack = await settledStack(after, "killed");
    expect(stack.StackStatus, eventLines(await eventsOf(after, "killed")).join("\n")).toBe("CREATE_COMPLETE");
    const apis = new ApiGatewayV2Client(config);
    const { Items } = await apis.send(new GetApisCommand({}));
    expect(Items).toHaveLength(1);
    const ApiId = Items![0]!.ApiId;
    expect((await apis.send(new GetRoutesCommand({ ApiId }))).Items).toHaveLength(1);
    expect((await apis.send(new GetIntegrationsCommand({ ApiId }))).Items).toHaveLength(1);
    const FunctionName = stack.Outputs!.find((output) => output.OutputKey === "AliasArn")!.OutputValue!;
    const { Payload } = await new LambdaClient(config).send(new InvokeCommand({ FunctionName }));
    expect(Payload!.transformToString()).toBe('"one"');
  },
);

test.for([41, 44, 47, 50])(
  "an update that was killed after %i events is gone on with",
  { timeout: 60_000 },
  async (count) => {
    const first = await serve();
    const before = new CloudFormationClient({ ...first, maxAttempts: 1 });
    await before.send(new CreateStackCommand({ StackName: "killed", TemplateBody, Capabilities }));
    await settledStack(before, "killed");
    const update = spineTemplate({ code: 'exports.handler = async () => "two"', version: "2", memory: 192 });
    await before.send(
      new UpdateStackCommand({ StackName: "killed", TemplateBody: JSON.stringify(update), Capabilities }),
    );
    await eventsReach(before, "killed", count);
    await kill();

    const config = await serve();
    const after = new CloudFormationClient(config);
    const stack = await settledStack(after, "killed");
    expect(stack.StackStatus, eventLines(await eventsOf(after, "killed")).join("\n")).toBe("UPDATE_COMPLETE");
    const lambda = new LambdaClient(config);
    const [alias, name] = ["AliasArn", "FunctionName"].map(
      (key) => stack.Outputs!.find((output) => output.OutputKey === key)!.OutputValue!,
    );
    const { Payload } = await lambda.send(new InvokeCommand({ FunctionName: alias }));
    expect(Payload!.transformToString()).toBe('"two"');
    const { Versions } = await lambda.send(new ListVersionsByFunctionCommand({ FunctionName: name }));
    expect(Versions!.map((version) => version.Version)).toEqual(["$LATEST", "2"]);
  },
);

test("a deletion that was killed is gone on with", async () => {
  const before = new CloudFormationClient({ ...(await serve()), maxAttempts: 1 });
  const { StackId } = await before.send(new CreateStackCommand({ StackName: "killed", TemplateBody, Capabilities }));
  await settledStack(before, "killed");
  await before.send(new DeleteStackCommand({ StackName: "killed" }));
  await eventsReach(before, StackId!, 52);
  await kill();

  const config = await serve();
  expect((await settledStack(new CloudFormationClient(config), StackId!)).StackStatus).toBe("DELETE_COMPLETE");
  expect((await new ApiGatewayV2Client(config).send(new GetApisCommand({}))).Items ?? []).toEqual([]);
});

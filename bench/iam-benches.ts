import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { CreateTableCommand, DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { CreateFunctionCommand, InvokeCommand, LambdaClient, waitUntilFunctionActiveV2 } from "@aws-sdk/client-lambda";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { zip } from "../lib/util/zip.ts";
import type { Bench } from "./bench-table.ts";

const TIDEGATE = resolve(import.meta.dirname, "../dist/bin/tidegate.js");
const CALLS = 3_000;
const WARM_UP = 300;
const ACCOUNT = "000000000000";
const TABLE = `arn:aws:dynamodb:us-east-1:${ACCOUNT}:table/notes`;
const FUNCTION = `arn:aws:lambda:us-east-1:${ACCOUNT}:function:answer`;

/** What enforcing policies costs: the same calls by a role's session, in turn on a cloud that enforces and one that does not. */
export const iamBenches: Record<string, Bench> = {
  iam: async (scratch) => {
    const clouds = ["enforce", "off"].map((mode) => startCloud(join(scratch, mode), mode));
    try {
      const callers = await Promise.all(clouds.map(({ endpoint }) => prepare(endpoint)));
      const invoke = await compareInTurn(callers.map(({ invoke: call }) => call));
      const put = await compareInTurn(callers.map(({ put: call }) => call));
      return `warm invoke ${invoke}; DynamoDB put ${put}; ${CALLS} calls each, in turn`;
    } finally {
      for (const { stop } of clouds) stop();
    }
  },
};

function startCloud(folder: string, mode: string): { readonly endpoint: string; readonly stop: () => void } {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "cdk.json"), '{ "app": "true" }');
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [TIDEGATE, "local", ...args], { cwd: folder, encoding: "utf8" }).stdout;
  const { endpoint } = JSON.parse(run("start", "--port", "0", "--iam", mode, "--json")) as { endpoint: string };
  return { endpoint, stop: () => void run("stop") };
}

type Call = () => Promise<unknown>;

/** A table, a function and a role that may use both and nothing else; the calls are made in a session of the role. */
async function prepare(endpoint: string): Promise<{ readonly invoke: Call; readonly put: Call }> {
  const settings = { endpoint, region: "us-east-1" };
  const own = { ...settings, credentials: { accessKeyId: "bench", secretAccessKey: "bench" } };
  const iam = new IAMClient(own);
  const Principal = { Service: "lambda.amazonaws.com", AWS: ACCOUNT };
  const document = (...Statement: object[]) => JSON.stringify({ Version: "2012-10-17", Statement });
  const AssumeRolePolicyDocument = document({ Effect: "Allow", Principal, Action: "sts:AssumeRole" });
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName: "app", AssumeRolePolicyDocument }));
  const PolicyDocument = document(
    { Effect: "Allow", Action: ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"], Resource: "*" },
    { Effect: "Allow", Action: "dynamodb:PutItem", Resource: TABLE },
    { Effect: "Allow", Action: "lambda:InvokeFunction", Resource: FUNCTION },
  );
  await iam.send(new PutRolePolicyCommand({ RoleName: "app", PolicyName: "app", PolicyDocument }));
  await makeTableAndFunction(own, Role!.Arn!);
  const sts = new STSClient(own);
  const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn: Role!.Arn, RoleSessionName: "bench" }));
  const { AccessKeyId = "", SecretAccessKey = "", SessionToken } = Credentials!;
  const session = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
  const lambda = new LambdaClient({ ...settings, credentials: session });
  const dynamodb = new DynamoDBClient({ ...settings, credentials: session });
  let count = 0;
  return {
    invoke: () => lambda.send(new InvokeCommand({ FunctionName: "answer", Payload: Buffer.from("{}") })),
    put: () => dynamodb.send(new PutItemCommand({ TableName: "notes", Item: { id: { S: `${count++}` } } })),
  };
}

async function makeTableAndFunction(
  settings: { endpoint: string; region: string; credentials: { accessKeyId: string; secretAccessKey: string } },
  Role: string,
): Promise<void> {
  const dynamodb = new DynamoDBClient(settings);
  await dynamodb.send(
    new CreateTableCommand({
      TableName: "notes",
      BillingMode: "PAY_PER_REQUEST",
      KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
      AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
    }),
  );
  const lambda = new LambdaClient(settings);
  const content = Buffer.from("exports.handler = async () => 1;");
  const ZipFile = await zip([{ path: "index.js", content }]);
  const code = { Runtime: "nodejs22.x" as const, Handler: "index.handler", Code: { ZipFile } };
  await lambda.send(new CreateFunctionCommand({ FunctionName: "answer", Role, ...code }));
  await waitUntilFunctionActiveV2({ client: lambda, maxWaitTime: 30, minDelay: 1 }, { FunctionName: "answer" });
}

/** Medians of both, and their ratio; who is called first changes with each turn, so that a busy machine is busy for both. */
async function compareInTurn(calls: readonly Call[]): Promise<string> {
  const times = calls.map((): number[] => []);
  for (let turn = 0; turn < WARM_UP + CALLS; turn++) {
    for (const index of turn % 2 === 0 ? [0, 1] : [1, 0]) {
      const startedMs = performance.now();
      await calls[index]!();
      if (turn >= WARM_UP) times[index]!.push(performance.now() - startedMs);
    }
  }
  const [enforced = 0, open = 0] = times.map((each) => each.sort((a, b) => a - b)[Math.floor(each.length / 2)]);
  return `${enforced.toFixed(3)} ms enforced, ${open.toFixed(3)} ms off, ratio ${(enforced / open).toFixed(3)}`;
}

import { GetFunctionConfigurationCommand, LambdaClient, ListVersionsByFunctionCommand } from "@aws-sdk/client-lambda";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { CfnParameter } from "aws-cdk-lib";
import { Queue } from "aws-cdk-lib/aws-sqs";
import { array, assert, asyncProperty, constantFrom, oneof, record } from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Function } from "../../../lib/index.ts";
import { type BuildApp, type InlineApp, inlineCode, startInlineApp } from "../../helpers/inline-app.ts";

/** Deploys of the property. `TIDEGATE_RANDOM_CHANGES=10000` is the long form. */
const CHANGES = Number(process.env["TIDEGATE_RANDOM_CHANGES"] ?? 8);
const PER_RUN = Math.min(CHANGES, 8);

/** What the app is, and what its values come to. */
interface Wanted {
  readonly code: string;
  readonly literal: string;
  readonly given: string;
  readonly lookedUp: string;
  readonly memory: number;
  readonly queue: string;
  readonly isTagged: boolean;
}

const values = constantFrom("a", "b", "c");
const changes = oneof(
  record({ code: values }),
  record({ literal: values }),
  record({ given: values }),
  record({ lookedUp: values }),
  record({ memory: constantFrom(128, 256, 512) }),
  record({ queue: values }),
  record({ isTagged: constantFrom(true, false) }),
  record({ given: values, queue: values }),
);

let app: InlineApp;
let wanted: Wanted = { code: "a", literal: "a", given: "a", lookedUp: "a", memory: 128, queue: "a", isTagged: false };

beforeAll(async () => {
  app = await startInlineApp();
  await deploy();
}, 120_000);

afterAll(() => app.stop());

const build: BuildApp = (stack) => {
  const given = new CfnParameter(stack, "Given", { default: "none" });
  const lookedUp = new CfnParameter(stack, "LookedUp", {
    type: "AWS::SSM::Parameter::Value<String>",
    default: "/looked-up",
  });
  const queue = new Queue(stack, "Queue", { queueName: `random-${wanted.queue}` });
  const fn = new Function(stack, "Fn", {
    functionName: "random",
    code: inlineCode(`const { LITERAL, GIVEN, LOOKED_UP, QUEUE, AWS_LAMBDA_FUNCTION_MEMORY_SIZE: memory } = process.env;
      return { code: "${wanted.code}", literal: LITERAL, given: GIVEN, lookedUp: LOOKED_UP, memory: Number(memory), queue: QUEUE.at(-1) };`),
    memorySize: wanted.memory,
    reservedConcurrentExecutions: wanted.isTagged ? 5 : 6,
    environment: {
      LITERAL: wanted.literal,
      GIVEN: given.valueAsString,
      LOOKED_UP: lookedUp.valueAsString,
      QUEUE: queue.queueName,
    },
  });
  queue.grantSendMessages(fn);
};

function apply(change: Partial<Wanted>): void {
  wanted = { ...wanted, ...change };
}

async function deploy() {
  const input = { Name: "/looked-up", Value: wanted.lookedUp, Type: "String", Overwrite: true } as const;
  await app.cloud.client(SSMClient).send(new PutParameterCommand(input));
  const report = await app.deploy(build, { parameters: { Given: wanted.given } });
  expect(report, JSON.stringify([wanted, report.failure])).toMatchObject({ exitCode: 0 });
}

async function publishedVersions(): Promise<number> {
  const lambda = app.cloud.client(LambdaClient);
  const { Versions = [] } = await lambda.send(new ListVersionsByFunctionCommand({ FunctionName: "random" }));
  return Math.max(...Versions.map(({ Version }) => Number(Version)).filter((version) => !Number.isNaN(version)));
}

async function expectLive(): Promise<void> {
  const { isTagged: _unversioned, ...answer } = wanted;
  expect((await app.call("random")).answer).toEqual(answer);
  const lambda = app.cloud.client(LambdaClient);
  const [live, latest] = await Promise.all(
    ["live", undefined].map((Qualifier) =>
      lambda.send(new GetFunctionConfigurationCommand({ FunctionName: "random", Qualifier })),
    ),
  );
  expect(live?.Environment).toEqual(latest?.Environment);
  expect([live?.CodeSha256, live?.MemorySize]).toEqual([latest?.CodeSha256, latest?.MemorySize]);
}

test(
  `after each of ${CHANGES} random changes what is live is what is deployed, and deploying again publishes nothing`,
  async () => {
    const seed = Number(process.env["TIDEGATE_RANDOM_SEED"] ?? Date.now() % 1_000_000_000);
    console.log(`seed ${seed}: repeat with TIDEGATE_RANDOM_SEED=${seed}`);
    const steps = array(changes, { minLength: PER_RUN, maxLength: PER_RUN });
    const property = asyncProperty(steps, async (list) => {
      for (const change of list) {
        apply(change);
        await deploy();
        await expectLive();
        const published = await publishedVersions();
        await deploy();
        expect(await publishedVersions(), JSON.stringify(change)).toBe(published);
      }
    });
    await assert(property, { numRuns: Math.ceil(CHANGES / PER_RUN), seed, endOnFailure: true });
  },
  60_000 + CHANGES * 20_000,
);

import { resolve } from "node:path";
import { startTestCloud, type TestCloud } from "../test/helpers/cloud.ts";
import type { Bench } from "./bench-table.ts";

const ROLE = "arn:aws:iam::000000000000:role/workflow";
const LOOPS = 1_000;
const SIDE_BY_SIDE = 200;

type Cloud = TestCloud;

/** State machines on a local cloud in this process, with its state on disk: how many states are entered in a second. */
export const workflowBenches: Record<string, Bench> = {
  "workflow-long": (scratch) =>
    withCloud(scratch, async (cloud) => {
      const arn = await create(cloud, "long", LOOP);
      const seconds = await timed(() => runToEnd(cloud, arn, { left: LOOPS }));
      return `${perSecond(LOOPS * 2, seconds)} states a second in one execution of ${LOOPS * 2}`;
    }),
  "workflow-many": (scratch) =>
    withCloud(scratch, async (cloud) => {
      const arn = await create(cloud, "many", LOOP);
      const all = () => Promise.all(Array.from({ length: SIDE_BY_SIDE }, () => runToEnd(cloud, arn, { left: 5 })));
      const seconds = await timed(all);
      return `${perSecond(SIDE_BY_SIDE, seconds)} executions of 11 states a second, ${SIDE_BY_SIDE} side by side`;
    }),
  "workflow-express": (scratch) =>
    withCloud(scratch, async (cloud) => {
      const arn = await create(cloud, "express", LOOP, "EXPRESS");
      const call = () => cloud.call("sfn", "StartSyncExecution", { stateMachineArn: arn, input: '{"left":5}' });
      const seconds = await timed(async () => {
        for (let index = 0; index < SIDE_BY_SIDE; index++) await call();
      });
      return `${((seconds * 1000) / SIDE_BY_SIDE).toFixed(2)} ms for an express execution of 11 states`;
    }),
  "workflow-map-run": (scratch) =>
    withCloud(scratch, async (cloud) => {
      const arn = await create(cloud, "each", EACH);
      const seconds = await timed(() => runToEnd(cloud, arn, Array(LOOPS).fill(1)));
      return `${perSecond(LOOPS, seconds)} child executions a second in a Map Run of ${LOOPS}`;
    }),
};

const LOOP = {
  StartAt: "Down",
  States: {
    Down: { Type: "Pass", Parameters: { "left.$": "States.MathAdd($.left, -1)" }, Next: "Again" },
    Again: {
      Type: "Choice",
      Choices: [{ Variable: "$.left", NumericGreaterThan: 0, Next: "Down" }],
      Default: "Done",
    },
    Done: { Type: "Succeed" },
  },
};

const EACH = {
  StartAt: "Each",
  States: {
    Each: {
      Type: "Map",
      ItemProcessor: {
        ProcessorConfig: { Mode: "DISTRIBUTED", ExecutionType: "STANDARD" },
        StartAt: "Keep",
        States: { Keep: { Type: "Pass", End: true } },
      },
      End: true,
    },
  },
};

async function withCloud(scratch: string, work: (cloud: Cloud) => Promise<string>): Promise<string> {
  const cloud = await startTestCloud({ stateFolder: resolve(scratch, "cloud"), roles: ["workflow"] });
  try {
    return await work(cloud);
  } finally {
    await cloud.stop();
  }
}

async function create(cloud: Cloud, name: string, definition: object, type?: "EXPRESS"): Promise<string> {
  const input = { name, definition: JSON.stringify(definition), roleArn: ROLE, type };
  return (await cloud.call("sfn", "CreateStateMachine", input)).stateMachineArn;
}

async function runToEnd(cloud: Cloud, stateMachineArn: string, input: unknown): Promise<void> {
  const { executionArn } = await cloud.call("sfn", "StartExecution", {
    stateMachineArn,
    input: JSON.stringify(input),
  });
  for (;;) {
    const { status } = await cloud.call("sfn", "DescribeExecution", { executionArn });
    if (status === "SUCCEEDED") return;
    if (status !== "RUNNING") throw new Error(`The execution ended ${status}.`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return (performance.now() - startedMs) / 1000;
}

function perSecond(count: number, seconds: number): string {
  return Math.round(count / seconds).toLocaleString("en");
}

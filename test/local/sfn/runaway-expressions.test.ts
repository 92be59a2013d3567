import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { CreateStateMachineCommand, ListExecutionsCommand, StartExecutionCommand } from "@aws-sdk/client-sfn";
import { ListQueuesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";
import { Machines } from "./machine.ts";

let cloud: TestCloud;
let machines: Machines;

beforeEach(async () => {
  cloud = await startTestCloud({ roles: ["workflow"] });
  machines = new Machines(cloud);
});
afterEach(() => cloud.stop());

const jsonata = (expression: string) => ({
  Pass: { Type: "Pass", QueryLanguage: "JSONata", Output: `{% ${expression} %}`, End: true },
});

/** How long the other services take to answer while something runs away, at most. */
async function longestAnswerWhile(work: Promise<unknown>): Promise<number> {
  const sqs = cloud.client(SQSClient);
  const over = work.then(() => "over" as const);
  let longestMs = 0;
  for (;;) {
    const askedAt = performance.now();
    const answer = sqs.send(new ListQueuesCommand({})).then(() => {
      longestMs = Math.max(longestMs, performance.now() - askedAt);
      return "answered" as const;
    });
    if ((await Promise.race([over, answer])) === "over") return longestMs;
  }
}

describe("an expression that runs away", () => {
  const RUNAWAYS: [about: string, expression: string, what: RegExp][] = [
    ["a regular expression", `$match('${"a".repeat(40)}!', /^(a+)+$/)`, /timeout/],
    ["a loop of its own", "( $f := function($n) { $f($n) }; $f(1) )", /timeout|Stack/],
    ["a text that does not fit", "$pad('x', 400000000) & $pad('y', 400000000)", /memory|timeout|Invalid string length/],
  ];

  it.each(RUNAWAYS)("fails its execution and stops nothing else: %s", async (_about, expression, what) => {
    let ended: Awaited<ReturnType<Machines["run"]>> | undefined;
    const longestMs = await longestAnswerWhile(machines.run(jsonata(expression)).then((run) => (ended = run)));
    expect(ended).toMatchObject({ status: "FAILED", error: "States.QueryEvaluationError" });
    expect(ended?.cause).toMatch(what);
    expect(ended?.cause).toContain("specified for the field 'Output'");
    // A frozen cloud answers nothing before the limit of three seconds.
    expect(longestMs).toBeLessThan(2_500);
    expect(await machines.run(jsonata("1 + 1"))).toMatchObject({ status: "SUCCEEDED", output: 2 });
  });

  it("fails where a path looks at more values than an input has", async () => {
    const deep = (depth: number): unknown => (depth === 0 ? 1 : { a: deep(depth - 1), b: deep(depth - 1) });
    const states = { Pass: { Type: "Pass", InputPath: "$..*..*..*", End: true } };
    const run = await machines.run(states, deep(12));
    expect(run).toMatchObject({ status: "FAILED", error: "States.Runtime" });
    expect(run.cause).toContain("looks at more than 500000 values");
  });

  it("is refused where the input is nested deeper than a parser goes", async () => {
    const stateMachineArn = await machines.create({ Pass: { Type: "Pass", End: true } });
    const start = (input: string) => machines.client.send(new StartExecutionCommand({ stateMachineArn, input }));
    await expect(start(`${"[".repeat(50_000)}${"]".repeat(50_000)}`)).rejects.toThrow(
      "Invalid State Machine Execution Input",
    );
    const definition = `{"StartAt":"A","States":{"A":{"Type":"Pass","End":true,"Result":${"[".repeat(5000)}${"]".repeat(5000)}}}}`;
    const create = new CreateStateMachineCommand({
      name: "deep",
      definition,
      roleArn: "arn:aws:iam::000000000000:role/workflow",
    });
    await expect(machines.client.send(create)).rejects.toThrow("Invalid State Machine Definition");
  });
});

describe("an execution whose expression the cloud died of", () => {
  it("is tried twice more, then fails", async () => {
    await cloud.stop();
    const stateFolder = await mkdtemp(join(tmpdir(), "tidegate-sfn-"));
    try {
      cloud = await startTestCloud({ stateFolder, roles: ["workflow"] });
      machines = new Machines(cloud);
      const waits = { Wait: { Type: "Wait", Seconds: 3600, End: true } };
      const stateMachineArn = await machines.create(waits);
      const arn = await machines.start(stateMachineArn);
      const statuses: (string | undefined)[] = [];
      for (let death = 0; death < 3; death++) {
        await cloud.stop();
        leaveEvaluation(join(stateFolder, "state.sqlite"), arn);
        cloud = await startTestCloud({ stateFolder, roles: ["workflow"] });
        machines = new Machines(cloud);
        const { executions } = await machines.client.send(new ListExecutionsCommand({ stateMachineArn }));
        statuses.push(executions?.[0]?.status);
      }
      expect(statuses).toEqual(["RUNNING", "RUNNING", "FAILED"]);
      expect((await machines.history(arn)).at(-1)).toMatchObject({
        type: "ExecutionFailed",
        executionFailedEventDetails: {
          error: "States.Runtime",
          cause: expect.stringContaining("three times") as string,
        },
      });
    } finally {
      await cloud.stop();
      await rm(stateFolder, { recursive: true, force: true });
      cloud = await startTestCloud({ roles: ["workflow"] });
    }
  });
});

/** What a cloud leaves that dies while it evaluates. */
function leaveEvaluation(file: string, arn: string): void {
  const sql = new DatabaseSync(file);
  sql
    .prepare(
      "INSERT INTO sfn_evaluations (execution, deaths, isRunning) VALUES (?, 0, 1) ON CONFLICT DO UPDATE SET isRunning = 1",
    )
    .run(arn);
  sql.close();
}

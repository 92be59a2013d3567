import { FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { DeleteFunctionConcurrencyCommand, InvokeCommand, PutFunctionConcurrencyCommand } from "@aws-sdk/client-lambda";
import { randomUUID } from "node:crypto";
import type { Assumption } from "../assumption.ts";
import { ALIAS } from "../probe-function.ts";

export const asyncVersion: Assumption = {
  id: "async-version",
  assumption: "An asynchronous event that waits while the alias moves runs on the version of its delivery.",
  matters: "Decides whether events queued before a rollback still reach the bad version.",
  async ask(bench) {
    const { lambda, logs } = bench.account;
    const made = await bench.makeFunction("async");
    const FunctionName = made.name;
    const second = await made.publishChanged("second");
    // With no concurrency at all the event is throttled and waits in Lambda's own queue.
    await lambda.send(new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: 0 }));
    const mark = randomUUID();
    const Payload = Buffer.from(JSON.stringify({ mark }));
    await lambda.send(new InvokeCommand({ FunctionName, Qualifier: ALIAS, InvocationType: "Event", Payload }));
    await made.move(second);
    await lambda.send(new DeleteFunctionConcurrencyCommand({ FunctionName }));
    const line = await bench.until("the queued event to run", async () => {
      const query = { logGroupName: `/aws/lambda/${FunctionName}`, filterPattern: `"${mark}"` };
      const found = await logs.send(new FilterLogEventsCommand(query)).catch(() => undefined);
      return found?.events?.find(({ message }) => message?.includes(mark))?.message;
    });
    const version = /"version":"(\d+)"/.exec(line)?.[1];
    const holds = version === undefined ? undefined : version === second;
    return {
      holds,
      answer: `Queued on version 1, alias moved to ${second}: it ran on ${version}.`,
      facts: { version },
    };
  },
};

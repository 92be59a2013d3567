import {
  AddPermissionCommand,
  PutFunctionEventInvokeConfigCommand,
  RemovePermissionCommand,
  TagResourceCommand,
} from "@aws-sdk/client-lambda";
import type { Assumption } from "../assumption.ts";
import { ALIAS, type ProbeFunction } from "../probe-function.ts";

/** Calls that touch an alias without moving it. */
const TOUCHES = ["AddPermission", "RemovePermission", "PutFunctionEventInvokeConfig", "TagResource"] as const;

export const aliasRevision: Assumption = {
  id: "alias-revision",
  assumption: "Only UpdateAlias changes the RevisionId of an alias.",
  matters:
    "The engine compares the RevisionId before each write; a change by another call looks like a foreign change.",
  async ask(bench) {
    const made = await bench.makeFunction("revision");
    const changed: string[] = [];
    for (const call of TOUCHES) {
      const before = await made.revision();
      await touch(bench.account, call, made, `arn:aws:lambda:${bench.account.options.region}:${bench.accountId}`);
      if ((await made.revision()) !== before) changed.push(call);
    }
    const holds = changed.length === 0;
    const answer = holds ? `None of ${TOUCHES.join(", ")} changed it.` : `${changed.join(", ")} changed it too.`;
    return { holds, answer, facts: { asked: TOUCHES, changed } };
  },
};

async function touch(
  { lambda }: Parameters<Assumption["ask"]>[0]["account"],
  call: (typeof TOUCHES)[number],
  { name: FunctionName }: ProbeFunction,
  arn: string,
): Promise<void> {
  const alias = { FunctionName, Qualifier: ALIAS };
  const StatementId = "acceptance";
  switch (call) {
    case "AddPermission": {
      const statement = { StatementId, Action: "lambda:InvokeFunction", Principal: "events.amazonaws.com" };
      return void (await lambda.send(new AddPermissionCommand({ ...alias, ...statement })));
    }
    case "RemovePermission":
      return void (await lambda.send(new RemovePermissionCommand({ ...alias, StatementId })));
    case "PutFunctionEventInvokeConfig":
      return void (await lambda.send(new PutFunctionEventInvokeConfigCommand({ ...alias, MaximumRetryAttempts: 1 })));
    case "TagResource": {
      const Resource = `${arn}:function:${FunctionName}`;
      return void (await lambda.send(new TagResourceCommand({ Resource, Tags: { acceptance: "1" } })));
    }
  }
}

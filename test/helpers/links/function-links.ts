import type { Stack } from "aws-cdk-lib";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { expect } from "vitest";
import { Function, HookFunction } from "../../../lib/index.ts";
import type { InlineApp } from "../inline-app.ts";
import { addTargets, attributesOf, linkToRead, linkToWrite, makeSecret } from "./data-stack.ts";
import { DONE, type LinkFamily } from "./live-links.ts";

const ENTRY = "test/fixtures/handlers/linked.ts";

/** Functions of the same code: some read everything, some write everything, and some have the names but no links. */
function build(stack: Stack, secretArn: string): void {
  const targets = addTargets(stack, secretArn);
  const named = Object.entries(attributesOf(targets)).map(([name, value]) => [`TIDEGATE_${name}`, value] as const);
  const environment = Object.fromEntries(named);
  linkToRead(new Function(stack, "Reader", { functionName: "reader", entry: ENTRY }), targets);
  linkToWrite(new Function(stack, "Writer", { functionName: "writer", entry: ENTRY }), targets);
  new Function(stack, "Unlinked", { functionName: "unlinked", entry: ENTRY, environment });
  linkToRead(new HookFunction(stack, "ReadingHook", { functionName: "reading-hook", entry: ENTRY }), targets);
  linkToWrite(new HookFunction(stack, "WritingHook", { functionName: "writing-hook", entry: ENTRY }), targets);
  new HookFunction(stack, "UnlinkedHook", { functionName: "unlinked-hook", entry: ENTRY, environment });
}

/** How AWS words the refusal of an action: by its service. */
const denied = (action: string, code = "AccessDeniedException") => ({
  code,
  message: expect.stringMatching(
    new RegExp(
      `^User: arn:aws:sts::000000000000:assumed-role/\\S+ is not authorized to perform: ${action} on resource: `,
    ),
  ),
});

const MISSING = { code: "LinkMissingError", message: expect.stringContaining("Its links: Clicks, Files, Flow, Jobs") };

/** What each target's operations are called in the functions' code, and how they are refused. */
const DATA: Readonly<Record<string, readonly [operand: string, read: object, write: object]>> = {
  Table: ["table", denied("dynamodb:GetItem"), denied("dynamodb:PutItem")],
  Bucket: ["bucket", denied("s3:GetObject", "AccessDenied"), denied("s3:PutObject", "AccessDenied")],
  Queue: ["queue", denied("sqs:receivemessage", "AccessDenied"), denied("sqs:sendmessage", "AccessDenied")],
  Stream: ["stream", denied("kinesis:DescribeStreamSummary"), denied("kinesis:PutRecord")],
  Parameter: ["parameter", denied("ssm:GetParameter"), denied("ssm:PutParameter")],
  Secret: ["secret", denied("secretsmanager:GetSecretValue"), denied("secretsmanager:PutSecretValue")],
  StateMachine: ["workflow", denied("states:ListExecutions"), denied("states:StartExecution")],
};

const CALLED: Readonly<Record<string, readonly [operand: string, refusal: object]>> = {
  StateMachine: ["express workflow", denied("states:StartSyncExecution")],
  Topic: ["topic", denied("SNS:Publish", "AuthorizationErrorException")],
  EventBus: ["bus", denied("events:PutEvents")],
  Function: ["function", denied("lambda:InvokeFunction")],
  HttpApi: ["API", { code: "403", message: '{"message":"Forbidden"}' }],
};

/** Hooks may call every member of the release without a link. */
const CALLED_BY_HOOKS = { ...CALLED, Function: ["plain function", denied("lambda:InvokeFunction")] } as const;

/** What one operation comes to in each of the functions. */
async function tryTo(app: InlineApp, names: readonly string[], operation: string): Promise<unknown[]> {
  const lambda = app.cloud.client(LambdaClient);
  const Payload = JSON.stringify({ operation });
  const answers = await Promise.all(
    names.map((name) => lambda.send(new InvokeCommand({ FunctionName: name, Payload }))),
  );
  return answers.map(({ Payload: body }) => JSON.parse(body?.transformToString() ?? "null") as unknown);
}

/** Tries everything of a target in a function that reads, one that writes, and one without links. */
function pair(names: readonly [reader: string, writer: string, unlinked: string], target: string, calls = CALLED) {
  return async (app: InlineApp): Promise<void> => {
    const [operand, read, write] = DATA[target] ?? [];
    if (operand !== undefined) {
      expect(await tryTo(app, names, `write ${operand}`)).toEqual([write, DONE, write]);
      expect(await tryTo(app, names, `read ${operand}`)).toEqual([DONE, read, read]);
    }
    const [called, refusal] = calls[target] ?? [];
    if (called !== undefined) expect(await tryTo(app, names, `write ${called}`)).toEqual([MISSING, DONE, refusal]);
  };
}

const TARGETS = [...new Set([...Object.keys(DATA), ...Object.keys(CALLED)])];
const FUNCTIONS = ["reader", "writer", "unlinked"] as const;
const HOOKS = ["reading-hook", "writing-hook", "unlinked-hook"] as const;

/** Links of functions and of hooks: the refusal is what their code catches. */
export const FUNCTION_LINKS: LinkFamily = {
  name: "functions and hooks",
  prepare: async (cloud) => {
    const secretArn = await makeSecret(cloud);
    return (stack) => build(stack, secretArn);
  },
  pairs: Object.fromEntries(
    TARGETS.flatMap((target) => [
      [`Function to ${target}`, pair(FUNCTIONS, target)],
      [`HookFunction to ${target}`, pair(HOOKS, target, CALLED_BY_HOOKS)],
    ]),
  ),
};

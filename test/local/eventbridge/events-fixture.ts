import { readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  EventBridgeClient,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
  type PutEventsCommandOutput,
  type PutEventsRequestEntry,
  type Target,
} from "@aws-sdk/client-eventbridge";
import { AddPermissionCommand, type LambdaClient } from "@aws-sdk/client-lambda";
import { eventually, startLambda, type LambdaFixture } from "../lambda/lambda-fixture.ts";

export { eventually };

/** A cloud with clients for EventBridge and Lambda, and a function that notes what it gets. */
export interface EventsFixture extends LambdaFixture {
  readonly events: EventBridgeClient;
  put(...entries: PutEventsRequestEntry[]): Promise<PutEventsCommandOutput>;
  /** A rule with one target. */
  rule(name: string, pattern: object, target: Partial<Target>): Promise<void>;
  /** Makes a function that keeps the events that it got, and lets EventBridge invoke it. Answers its ARN. */
  listener(name: string): Promise<string>;
  /** What a listener got so far. */
  heard(name: string): Promise<unknown[]>;
}

/** Sandboxes come and go, so the notes are in a file: a line an event. */
const LISTENER = `
const { appendFileSync } = require("node:fs");
exports.handler = async (event) => appendFileSync(process.env.NOTES, JSON.stringify(event) + "\\n");
`;

export async function startEvents(options: Parameters<typeof startLambda>[0] = {}): Promise<EventsFixture> {
  const fixture = await startLambda({ roles: ["test", "events"], ...options });
  const events = fixture.cloud.client(EventBridgeClient);
  return {
    ...fixture,
    events,
    put: (...Entries) => events.send(new PutEventsCommand({ Entries })),
    async rule(Name, pattern, target) {
      await events.send(new PutRuleCommand({ Name, EventPattern: JSON.stringify(pattern) }));
      await events.send(new PutTargetsCommand({ Rule: Name, Targets: [{ Id: "1", ...target } as Target] }));
    },
    async listener(name) {
      const Variables = { NOTES: join(fixture.cloud.stateFolder, `${name}.notes`) };
      await fixture.make(name, LISTENER, { Environment: { Variables } });
      await allowEvents(fixture.lambda, name);
      return `arn:aws:lambda:us-east-1:000000000000:function:${name}`;
    },
    async heard(name) {
      const notes = await readFile(join(fixture.cloud.stateFolder, `${name}.notes`), "utf8").catch(() => "");
      return notes
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line) as unknown);
    },
  };
}

export function allowEvents(lambda: LambdaClient, FunctionName: string, Qualifier?: string) {
  return lambda.send(
    new AddPermissionCommand({
      FunctionName,
      Qualifier,
      StatementId: "events",
      Action: "lambda:InvokeFunction",
      Principal: "events.amazonaws.com",
    }),
  );
}

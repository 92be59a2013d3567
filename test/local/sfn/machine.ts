import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  type DescribeExecutionOutput,
  GetExecutionHistoryCommand,
  type HistoryEvent,
  SFNClient,
  StartExecutionCommand,
} from "@aws-sdk/client-sfn";
import { IAMClient } from "@aws-sdk/client-iam";
import type { TestCloud } from "../../helpers/cloud.ts";
import { makeRole } from "../../helpers/make-role.ts";

const ROLE = "arn:aws:iam::000000000000:role/workflow";

/** A client with what most tests do. */
export class Machines {
  readonly client: SFNClient;
  readonly #cloud: Pick<TestCloud, "client">;
  #role: Promise<void> | undefined;
  #count = 0;

  constructor(cloud: Pick<TestCloud, "client">) {
    this.#cloud = cloud;
    this.client = cloud.client(SFNClient, { disableHostPrefix: true });
  }

  /** Makes a state machine of these states, beginning with the first. */
  async create(
    states: Record<string, object>,
    more: object = {},
    type: "STANDARD" | "EXPRESS" = "STANDARD",
  ): Promise<string> {
    const definition = JSON.stringify({ StartAt: Object.keys(states)[0], States: states, ...more });
    const name = `machine-${this.#count++}`;
    await (this.#role ??= makeRole(this.#cloud.client(IAMClient), "workflow"));
    const made = await this.client.send(new CreateStateMachineCommand({ name, definition, roleArn: ROLE, type }));
    return made.stateMachineArn!;
  }

  async start(stateMachineArn: string, input: unknown = {}, name?: string): Promise<string> {
    const started = await this.client.send(
      new StartExecutionCommand({ stateMachineArn, input: JSON.stringify(input), name }),
    );
    return started.executionArn!;
  }

  /** Waits for the end of an execution. */
  async ended(executionArn: string): Promise<DescribeExecutionOutput> {
    const deadline = Date.now() + 20_000;
    for (;;) {
      const found = await this.client.send(new DescribeExecutionCommand({ executionArn }));
      if (found.status !== "RUNNING") return found;
      if (Date.now() > deadline) throw new Error(`${executionArn} still runs`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  /** Runs states to their end. The output is parsed. */
  async run(states: Record<string, object>, input: unknown = {}, more: object = {}) {
    const arn = await this.start(await this.create(states, more), input);
    const { status, output, error, cause } = await this.ended(arn);
    return { arn, status, output: output === undefined ? undefined : (JSON.parse(output) as unknown), error, cause };
  }

  async history(executionArn: string): Promise<HistoryEvent[]> {
    const { events } = await this.client.send(new GetExecutionHistoryCommand({ executionArn, maxResults: 1000 }));
    return events!;
  }
}

import { isAwsError } from "../../aws-error.ts";
import { Outbox } from "../../state/outbox.ts";
import type { Cloud } from "../../service.ts";
import type { ExecutionRecord } from "./records.ts";

interface Change {
  readonly record: ExecutionRecord;
  readonly atMs: number;
}

const RETRY_AFTER_MS = 1_000;
const MOST_ATTEMPTS = 10;

/**
 * Publishes every change of a standard execution's status to the default event bus, in order and at least once.
 * Children of Map Runs are left out.
 * (https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html).
 */
export class StatusEvents {
  readonly #cloud: Cloud;
  readonly #outbox: Outbox<Change>;

  constructor(cloud: Cloud) {
    this.#cloud = cloud;
    this.#outbox = new Outbox(cloud, {
      collection: "sfn.status-events",
      laneOf: ({ record }) => ({ name: record.arn, isOrdered: true }),
      attempt: (change, attempts) => this.#put(change, attempts),
      log: (line) => cloud.log(line),
    });
  }

  /** Call it in the turn in which the status is written. */
  tell(record: ExecutionRecord): void {
    if (record.type === "EXPRESS" || record.mapRunArn !== undefined) return;
    const { definition: _definition, ...told } = record;
    this.#outbox.add({ record: { ...told, definition: "" }, atMs: this.#cloud.clock.now() });
  }

  start(): void {
    this.#outbox.start();
  }

  stop(): void {
    this.#outbox.stop();
  }

  async #put({ record, atMs }: Change, attempts: number) {
    const entry = {
      Source: "aws.states",
      DetailType: "Step Functions Execution Status Change",
      Resources: [record.arn],
      Time: new Date(atMs),
      Detail: JSON.stringify(detailOf(record)),
    };
    try {
      await (this.#cloud.call as PutEvents)(
        "eventbridge",
        "PutEvents",
        { Entries: [entry] },
        { region: record.region },
      );
    } catch (error) {
      if (isAwsError(error) || attempts >= MOST_ATTEMPTS) throw error;
      return { retryAfterMs: RETRY_AFTER_MS };
    }
    return undefined;
  }
}

type PutEvents = (
  service: string,
  operation: string,
  input: { Entries: object[] },
  context: { region: string },
) => Promise<unknown>;

const WHOLE = { included: true, truncated: null };

function detailOf(record: ExecutionRecord): object {
  const { output, versionArn, aliasArn } = record;
  return {
    executionArn: record.arn,
    stateMachineArn: record.machineArn,
    stateMachineVersionArn: versionArn ?? null,
    stateMachineAliasArn: aliasArn ?? null,
    name: record.name,
    status: record.status,
    startDate: record.startedMs,
    stopDate: record.stoppedMs ?? null,
    input: record.input,
    inputDetails: WHOLE,
    output: output ?? null,
    outputDetails: output === undefined ? null : WHOLE,
    error: record.error ?? null,
    cause: record.cause ?? null,
    redriveCount: record.redriveCount,
    redriveDate: record.redrivenMs ?? null,
  };
}

import { type ExecutionListItem, ListExecutionsCommand, type SFNClient } from "@aws-sdk/client-sfn";
import type { Aws } from "../../aws/aws.ts";
import type { MetricReading, MetricsPort, MinuteCount } from "../ports/ports.ts";
import { hasName } from "./remote-name.ts";

const MINUTE_MS = 60_000;
const PAGE = 1_000;

type Query = Parameters<MetricsPort["read"]>[0];

/**
 * What became of a workflow's executions by version, as Step Functions lists them: one that was started through an alias
 * is listed with the version that it was led to. Minutes are those of the start, so that both versions are compared over
 * the same time; what still runs is not counted yet, and what somebody stopped is nobody's fault.
 */
export class WorkflowMetrics implements MetricsPort {
  readonly #aws: Aws;

  constructor(aws: Aws) {
    this.#aws = aws;
  }

  async read(query: Query): Promise<MetricReading> {
    const [next, stable] = await Promise.all([this.#count(query.next, query), this.#count(query.stable, query)]);
    return { next, stable };
  }

  async #count(stateMachineArn: string, { target, from, to }: Query): Promise<MinuteCount[]> {
    const client = await this.#aws.inRegion(target.region ?? this.#aws.options.region).client("sfn");
    const minutes = new Map<number, { invocations: number; errors: number }>();
    let nextToken: string | undefined;
    do {
      const page = await listPage(client, stateMachineArn, nextToken);
      for (const execution of page.executions ?? []) {
        const at = floorMinute(execution.startDate!.getTime());
        // Newest first: what comes after the first one that is too old is older still.
        if (at < floorMinute(from)) return toCounts(minutes);
        if (execution.startDate!.getTime() <= to) add(minutes, at, execution);
      }
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    return toCounts(minutes);
  }
}

/** Express workflows keep no list: there is nothing to be counted. */
async function listPage(client: SFNClient, stateMachineArn: string, nextToken: string | undefined) {
  try {
    return await client.send(new ListExecutionsCommand({ stateMachineArn, maxResults: PAGE, nextToken }));
  } catch (error) {
    if (hasName(error, "StateMachineTypeNotSupported")) return { executions: [], nextToken: undefined };
    throw error;
  }
}

function add(
  minutes: Map<number, { invocations: number; errors: number }>,
  at: number,
  { status }: ExecutionListItem,
): void {
  if (status !== "SUCCEEDED" && status !== "FAILED" && status !== "TIMED_OUT") return;
  const minute = minutes.get(at) ?? { invocations: 0, errors: 0 };
  minute.invocations += 1;
  if (status !== "SUCCEEDED") minute.errors += 1;
  minutes.set(at, minute);
}

function toCounts(minutes: ReadonlyMap<number, { invocations: number; errors: number }>): MinuteCount[] {
  return [...minutes].map(([at, counts]) => ({ at, ...counts })).sort((a, b) => a.at - b.at);
}

function floorMinute(at: number): number {
  return Math.floor(at / MINUTE_MS) * MINUTE_MS;
}

import { type ListExecutionsCommandOutput, ListExecutionsCommand } from "@aws-sdk/client-sfn";
import type { Aws } from "../../aws/aws.ts";
import type { MetricReading, MetricsPort, ServedReading } from "../ports/ports.ts";
import { countsSince, ExecutionTally } from "./execution-tally.ts";
import { hasName } from "./remote-name.ts";
import { TokenBucket } from "./token-bucket.ts";

/** The most that ListExecutions answers at once. */
const PAGE = 1_000;
/**
 * An account's ListExecutions quota refills 5 calls a second in the largest regions and 2 in the others.
 * https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
 */
const LISTS_PER_SECOND = 2;
const LISTS_AT_ONCE = 20;

type Query = Parameters<MetricsPort["read"]>[0];

/**
 * The outcomes of a workflow's executions by version, as Step Functions lists them: an execution that was started
 * through an alias is listed with the version that it was routed to. Minutes are those of the start, so that both
 * versions are compared over the same time. Executions that still run or that were stopped are not counted.
 *
 * CloudWatch's metrics of a workflow are best effort and name the alias, not the version that it chose. The list is
 * exact, and a look reads no more of it than `ExecutionTally` allows.
 */
export class WorkflowMetrics implements MetricsPort {
  readonly #aws: Aws;
  readonly #bucket = new TokenBucket({ perSecond: LISTS_PER_SECOND, burst: LISTS_AT_ONCE });
  /** By version. A tally belongs to one window: another release starts afresh. */
  readonly #tallies = new Map<string, ExecutionTally>();

  constructor(aws: Aws) {
    this.#aws = aws;
  }

  async read(query: Query): Promise<MetricReading> {
    const [next, stable] = await Promise.all([this.#look(query.next, query), this.#look(query.stable, query)]);
    const since = Math.max(next.knownSince, stable.knownSince);
    return { next: countsSince(next, since), stable: countsSince(stable, since) };
  }

  /** Executions are few and long: what became of them after a stage is left to alarms. */
  readServed(): Promise<ServedReading> {
    return Promise.resolve({ calls: [] });
  }

  async #look(version: string, { target, from, to }: Query): Promise<ExecutionTally> {
    const known = this.#tallies.get(version);
    const tally = known?.from === from ? known : new ExecutionTally(from);
    this.#tallies.set(version, tally);
    await tally.update((nextToken) => this.#list(target.region, version, nextToken), to);
    return tally;
  }

  /** Express workflows keep no list: there is nothing to count. */
  async #list(
    region: string | undefined,
    stateMachineArn: string,
    nextToken: string | undefined,
  ): Promise<Pick<ListExecutionsCommandOutput, "executions" | "nextToken">> {
    const client = await this.#aws.inRegion(region ?? this.#aws.options.region).client("sfn");
    await this.#bucket.take();
    try {
      return await client.send(new ListExecutionsCommand({ stateMachineArn, maxResults: PAGE, nextToken }));
    } catch (error) {
      if (hasName(error, "StateMachineTypeNotSupported")) return { executions: [], nextToken: undefined };
      throw error;
    }
  }
}

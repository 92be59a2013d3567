import {
  type CloudWatchLogsClient,
  FilterLogEventsCommand,
  type FilteredLogEvent,
} from "@aws-sdk/client-cloudwatch-logs";
import { GetFunctionConfigurationCommand } from "@aws-sdk/client-lambda";
import type { Aws } from "../../aws/aws.ts";
import type { Failure, FailuresPort } from "../ports/failures-port.ts";
import { parseFailure } from "./parse-failure.ts";

/** Events with an error that Node.js or Python logged, and lines of requests that were answered with 500 or above. */
const PATTERN = String.raw`?errorType ?"\"ServerErrors\":1"`;
/** An explanation waits for this many pages of a log, and no longer. */
const MAX_PAGES = 20;

type Query = Parameters<FailuresPort["read"]>[0];

/** Failures from the function's log group: its streams are named after the version that ran in them. */
export class LoggedFailures implements FailuresPort {
  readonly #aws: Aws;

  constructor(aws: Aws) {
    this.#aws = aws;
  }

  async read(query: Query): Promise<readonly Failure[]> {
    const { target, version, from, to, limit } = query;
    if (target.kind !== "function") return [];
    const region = this.#aws.inRegion(target.region ?? this.#aws.options.region);
    const lambda = await region.client("lambda");
    const input = { FunctionName: target.name, Qualifier: version };
    const { LoggingConfig } = await lambda.send(new GetFunctionConfigurationCommand(input));
    const group = LoggingConfig?.LogGroup ?? `/aws/lambda/${target.name}`;
    const failures: Failure[] = [];
    for await (const event of eventsOf(await region.client("logs"), group, from, to)) {
      if (event.logStreamName?.includes(`[${version}]`) !== true) continue;
      const failure = parseFailure(event.message ?? "", event.timestamp ?? from);
      if (failure !== undefined) failures.push(failure);
      if (failures.length === limit) break;
    }
    return failures;
  }
}

async function* eventsOf(
  logs: CloudWatchLogsClient,
  logGroupName: string,
  startTime: number,
  endTime: number,
): AsyncGenerator<FilteredLogEvent> {
  let nextToken: string | undefined;
  for (let page = 0; page < MAX_PAGES; page++) {
    const input = { logGroupName, startTime, endTime, filterPattern: PATTERN, nextToken };
    const answer = await logs.send(new FilterLogEventsCommand(input));
    yield* answer.events ?? [];
    nextToken = answer.nextToken;
    if (nextToken === undefined) return;
  }
}

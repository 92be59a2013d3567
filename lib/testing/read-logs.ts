import { CloudWatchLogsClient, paginateFilterLogEvents } from "@aws-sdk/client-cloudwatch-logs";
import { GetFunctionConfigurationCommand, LambdaClient } from "@aws-sdk/client-lambda";
import type { ResourceName } from "./app-resources.ts";
import { functionName, type AppView } from "./app-view.ts";

/** Which lines of a function's log are read. */
export interface LogOptions {
  /** A filter pattern of CloudWatch Logs, for example `?ERROR ?Warn`. @default - every line */
  readonly filter?: string;
  /** With the lines that Lambda writes itself: starts, ends and reports of calls. @default false */
  readonly platform?: boolean;
}

/** What Lambda itself writes into a function's log, in the text format and in JSON. */
const PLATFORM_LINE = /^(?:(?:INIT_START|START|END|REPORT|EXTENSION|TELEMETRY) |\{"time":"[^"]*","type":"platform\.)/;

/** The lines of a function's log, oldest first. A function that has not run yet has none. */
export async function readLogs(app: AppView, fn: ResourceName, { filter, platform }: LogOptions): Promise<string[]> {
  const { name } = functionName(app, fn);
  const lambda = app.client(LambdaClient);
  const settings = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: name }));
  const logGroupName = settings.LoggingConfig?.LogGroup ?? `/aws/lambda/${name}`;
  const client = app.client(CloudWatchLogsClient);
  const lines: string[] = [];
  try {
    for await (const { events = [] } of paginateFilterLogEvents({ client }, { logGroupName, filterPattern: filter })) {
      lines.push(...events.map(({ message = "" }) => message.trimEnd()));
    }
  } catch (error) {
    if (error instanceof Error && error.name === "ResourceNotFoundException") return [];
    throw error;
  }
  return platform === true ? lines : lines.filter((line) => !PLATFORM_LINE.test(line));
}

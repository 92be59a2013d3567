import type { Cloud } from "../../service.ts";
import type { ExecutionRecord } from "./records.ts";
import type { KeptEvent } from "./run/run-journal.ts";

const FAILURES = /Failed|TimedOut|Aborted|^FailStateEntered$/;
const FATAL = new Set(["ExecutionFailed", "ExecutionTimedOut", "ExecutionAborted"]);
const DETAILS = /EventDetails$/;
const DATA = new Set(["input", "inputDetails", "output", "outputDetails", "parameters"]);

/** Writes executions' events to CloudWatch Logs, as the state machine's logging configuration says. */
export class ExecutionLog {
  readonly #cloud: Cloud;
  /** Streams are written one batch after the other. */
  readonly #queues = new Map<string, Promise<void>>();

  constructor(cloud: Cloud) {
    this.#cloud = cloud;
  }

  tell(execution: ExecutionRecord, event: KeptEvent): void {
    const { level, destinations, includeExecutionData } = execution.loggingConfiguration;
    const group = /log-group:([^:]+)/.exec(destinations?.[0]?.cloudWatchLogsLogGroup?.logGroupArn ?? "")?.[1];
    if (group === undefined || !isWanted(level ?? "OFF", event.type)) return;
    const line = lineOf(execution, event, includeExecutionData === true);
    const stream = streamOf(execution);
    const before = this.#queues.get(stream) ?? Promise.resolve();
    const now = before
      .then(() => this.#write(execution.region, group, stream, event.timestampMs, line))
      .catch((error: unknown) => this.#cloud.log(`sfn: the log group ${group} did not take an event: ${String(error)}`))
      .finally(() => {
        if (this.#queues.get(stream) === now) this.#queues.delete(stream);
      });
    this.#queues.set(stream, now);
  }

  async #write(
    region: string,
    logGroupName: string,
    logStreamName: string,
    timestamp: number,
    message: string,
  ): Promise<void> {
    const write = () =>
      this.#cloud.call(
        "cloudwatch-logs",
        "PutLogEvents",
        { logGroupName, logStreamName, logEvents: [{ timestamp, message }] },
        { region },
      );
    try {
      await write();
    } catch {
      await this.#cloud.call("cloudwatch-logs", "CreateLogStream", { logGroupName, logStreamName }, { region });
      await write();
    }
  }
}

function isWanted(level: string, type: string): boolean {
  if (level === "ALL") return true;
  if (level === "ERROR") return FAILURES.test(type);
  return level === "FATAL" && FATAL.has(type);
}

/** One stream for each machine and minute: `states/<machine>/2026-01-31-12-00/<hash of nothing>`. */
function streamOf({ machineName, startedMs }: ExecutionRecord): string {
  const minute = new Date(startedMs).toISOString().slice(0, 16).replaceAll(/[T:]/g, "-");
  return `states/${machineName}/${minute}/local`;
}

function lineOf(execution: ExecutionRecord, event: KeptEvent, withData: boolean): string {
  const { id, type, previousEventId, timestampMs, ...more } = event;
  const [details = {}] = Object.entries(more)
    .filter(([name]) => DETAILS.test(name))
    .map(([, value]) => value as Record<string, unknown>);
  const shown = Object.fromEntries(Object.entries(details).filter(([name]) => withData || !DATA.has(name)));
  return JSON.stringify({
    id: String(id),
    type,
    details: shown,
    previous_event_id: String(previousEventId),
    event_timestamp: String(timestampMs),
    execution_arn: execution.arn,
    redrive_count: String(execution.redriveCount),
  });
}

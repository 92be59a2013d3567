import { createHash } from "node:crypto";
import { isAwsError } from "../aws-error.ts";
import type { Cloud } from "../service.ts";
import type { Exchange } from "./exchange.ts";
import { contextVariable } from "./variables.ts";

/** Lines of one log group are written together, at most this much later. */
const FLUSH_AFTER_MS = 100;
const MAX_BATCH = 1000;

interface Line {
  readonly timestamp: number;
  readonly message: string;
}

/** Writes the access logs of stages. */
export interface AccessLog {
  /** Writes the stage's access log line for a finished exchange, where the stage has a log. */
  record(exchange: Exchange): void;
  stop(): Promise<void>;
}

/** Access logs go to CloudWatch Logs in batches; a line that cannot be written is reported in the cloud's own log. */
export function createAccessLog(cloud: Cloud): AccessLog {
  const waiting = new Map<string, { region: string; group: string; stream: string; lines: Line[] }>();
  let timer: NodeJS.Timeout | undefined;

  async function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    const batches = [...waiting.values()];
    waiting.clear();
    await Promise.all(
      batches.map((batch) =>
        putLines(cloud, batch).catch((error: unknown) =>
          cloud.log(`apigateway: access log ${batch.group} could not be written: ${String(error)}`),
        ),
      ),
    );
  }

  return {
    record(exchange) {
      const { DestinationArn: arn, Format: format } = exchange.stage.record.AccessLogSettings ?? {};
      const destination = /^arn:[^:]+:logs:([^:]*):\d{12}:log-group:([^:]+)/.exec(arn ?? "");
      if (!destination || !format) return;
      const [, region = "", group = ""] = destination;
      const stream = createHash("md5").update(`${exchange.stage.api.ApiId}/${exchange.stage.name}`).digest("hex");
      const key = `${region}/${group}/${stream}`;
      const batch = waiting.get(key) ?? { region, group, stream, lines: [] };
      waiting.set(key, batch);
      batch.lines.push({ timestamp: exchange.request.timeMs, message: formatLine(format, exchange) });
      if (batch.lines.length >= MAX_BATCH) void flush();
      else timer ??= setTimeout(() => void flush(), FLUSH_AFTER_MS).unref();
    },
    stop: flush,
  };
}

/** `$context.name` becomes its value, `-` where it has none. Inside JSON, quotes of a value are escaped. */
function formatLine(format: string, exchange: Exchange): string {
  const json = format.trimStart().startsWith("{");
  return format.replaceAll(/\$context\.([A-Za-z0-9_.-]*[A-Za-z0-9_-])/g, (_all, name: string) => {
    const value = contextVariable(exchange, name);
    if (value === undefined || value === "") return "-";
    return json && !name.endsWith("messageString") ? JSON.stringify(value).slice(1, -1) : value;
  });
}

async function putLines(
  cloud: Cloud,
  batch: { region: string; group: string; stream: string; lines: Line[] },
): Promise<void> {
  const where = { logGroupName: batch.group, logStreamName: batch.stream };
  const logEvents = batch.lines.toSorted((a, b) => a.timestamp - b.timestamp);
  const context = { region: batch.region };
  try {
    await cloud.call("cloudwatch-logs", "PutLogEvents", { ...where, logEvents }, context);
  } catch (error) {
    if (!isAwsError(error, "ResourceNotFoundException")) throw error;
    await cloud.call("cloudwatch-logs", "CreateLogStream", where, context);
    await cloud.call("cloudwatch-logs", "PutLogEvents", { ...where, logEvents }, context);
  }
}

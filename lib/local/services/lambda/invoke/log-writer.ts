import { isAwsError } from "../../../aws-error.ts";
import { errorText } from "../../../kit/error-text.ts";
import type { ActingFor } from "../../../policy/caller.ts";
import type { FunctionSpec, LogSink } from "../../../runtime/function-spec.ts";
import type { Cloud } from "../../../service.ts";

interface Event {
  readonly timestamp: number;
  readonly message: string;
}

interface Stream {
  readonly region: string;
  /** The function writes its own lines. */
  readonly as: ActingFor;
  readonly group: string;
  readonly name: string;
  events: Event[];
  made: boolean;
}

const FLUSH_MS = 100;
/** Above this a function waits until its lines are written. */
const MOST_WAITING_BYTES = 2 * 1024 * 1024;
/** CloudWatch Logs' limits for one call. */
const MOST_EVENTS = 10_000;
const MOST_BATCH_BYTES = 1_000_000;
const EVENT_OVERHEAD_BYTES = 26;

/** Brings functions' log lines to CloudWatch Logs, in batches and behind the invocations. */
export class LogWriter {
  readonly #cloud: Cloud;
  readonly #waiting = new Set<Stream>();
  #waitingBytes = 0;
  #timer: NodeJS.Timeout | undefined;
  #flushing: Promise<void> | undefined;
  readonly #complaints = new Set<string>();
  #closed = false;

  constructor(cloud: Cloud) {
    this.#cloud = cloud;
  }

  /** A stream of one instance; it is made with its first line. */
  open(spec: FunctionSpec, name: string): LogSink {
    const { region, logging, roleArn, functionName: sessionName } = spec;
    const as = { roleArn, sessionName, service: "lambda.amazonaws.com" };
    const stream: Stream = { region, as, group: logging.group, name, events: [], made: false };
    return {
      write: (timestamp, message) => this.#write(stream, { timestamp, message }),
      full: () => (this.#waitingBytes > MOST_WAITING_BYTES ? this.flush() : undefined),
    };
  }

  /** Writes what there is, and takes nothing more. */
  async close(): Promise<void> {
    await this.flush();
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  /** Resolves when everything that was written before is with CloudWatch Logs. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    await this.#flushing;
    this.#flushing = this.#flushAll().finally(() => {
      this.#flushing = undefined;
    });
    await this.#flushing;
  }

  #write(stream: Stream, event: Event): void {
    if (this.#closed) return;
    stream.events.push(event);
    this.#waiting.add(stream);
    this.#waitingBytes += sizeOf(event);
    this.#timer ??= setTimeout(() => void this.flush(), FLUSH_MS);
  }

  async #flushAll(): Promise<void> {
    const streams = [...this.#waiting];
    this.#waiting.clear();
    for (const stream of streams) {
      const { events } = stream;
      stream.events = [];
      await this.#put(stream, events).catch((error: unknown) => this.#complain(stream, error));
      for (const event of events) this.#waitingBytes -= sizeOf(event);
    }
  }

  async #put(stream: Stream, events: Event[]): Promise<void> {
    const { region, as, group, name } = stream;
    if (!stream.made) await this.#make(stream);
    for (const logEvents of batches(events))
      await this.#cloud.call(
        "cloudwatch-logs",
        "PutLogEvents",
        { logGroupName: group, logStreamName: name, logEvents },
        { region, as },
      );
  }

  /** The log group is made where it is missing: a role that may not make any can still write into one that is there. */
  async #make(stream: Stream): Promise<void> {
    const { region, as, group: logGroupName, name: logStreamName } = stream;
    const make = () =>
      this.#cloud.call("cloudwatch-logs", "CreateLogStream", { logGroupName, logStreamName }, { region, as });
    await make().catch(async (error: unknown) => {
      if (isAwsError(error, "ResourceAlreadyExistsException")) return;
      if (!isAwsError(error, "ResourceNotFoundException")) throw error;
      await ignoreExisting(this.#cloud.call("cloudwatch-logs", "CreateLogGroup", { logGroupName }, { region, as }));
      await ignoreExisting(make());
    });
    stream.made = true;
  }

  /** CloudWatch Logs takes no line where the role may not write it, on AWS without a word: here the cloud's log has one. */
  #complain({ group }: Stream, error: unknown): void {
    const complaint = `lambda: lines of ${group} could not be kept: ${errorText(error)}`;
    if (this.#complaints.has(complaint)) return;
    this.#complaints.add(complaint);
    this.#cloud.log(complaint);
  }
}

function sizeOf(event: Event): number {
  return event.message.length + EVENT_OVERHEAD_BYTES;
}

function* batches(events: readonly Event[]): Generator<Event[]> {
  let batch: Event[] = [];
  let bytes = 0;
  for (const event of events) {
    const size = Buffer.byteLength(event.message) + EVENT_OVERHEAD_BYTES;
    if (batch.length > 0 && (batch.length >= MOST_EVENTS || bytes + size > MOST_BATCH_BYTES)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(event);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}

async function ignoreExisting(call: Promise<unknown>): Promise<void> {
  await call.catch((error: unknown) => {
    if (!isAwsError(error, "ResourceAlreadyExistsException")) throw error;
  });
}

import { randomUUID } from "node:crypto";
import { AwsError } from "../../aws-error.ts";
import type { RequestContext } from "../../service.ts";
import { invalidParameter } from "./errors.ts";
import { numberOf, redriveOf } from "./queue-attributes.ts";
import { byArn } from "./queues.ts";
import type { MoveTaskRecord, QueueRecord, StoredMessage } from "./records.ts";
import type { Input, Output, Sqs } from "./context.ts";

const AT_ONCE = 100;

/** Begins to bring a dead-letter queue's messages back to where they came from, or to another queue. */
export function startMessageMoveTask(
  sqs: Sqs,
  input: Input<"StartMessageMoveTask">,
  { region }: RequestContext,
): Output<"StartMessageMoveTask"> {
  const { SourceArn, DestinationArn, MaxNumberOfMessagesPerSecond } = input;
  const source = byArn(sqs, SourceArn);
  if (source === undefined)
    throw new AwsError(
      "ResourceNotFoundException",
      "The resource that you specified for the SourceArn parameter doesn't exist.",
      { statusCode: 404 },
    );
  if (!isDeadLetterQueue(sqs, source)) {
    throw new AwsError("InvalidParameterValueException", "Source queue must be configured as a Dead Letter Queue.", {
      queryCode: "InvalidParameterValue",
    });
  }
  if (DestinationArn !== undefined && byArn(sqs, DestinationArn) === undefined) {
    throw new AwsError(
      "ResourceNotFoundException",
      "The resource that you specified for the DestinationArn parameter doesn't exist.",
      { statusCode: 404 },
    );
  }
  if (tasksOf(sqs, SourceArn).some(({ status }) => status === "RUNNING")) {
    throw new AwsError(
      "InvalidParameterValueException",
      "There is already a task running. Only one active task is allowed for a source queue arn at a given time.",
      {
        queryCode: "InvalidParameterValue",
      },
    );
  }
  const startedMs = sqs.cloud.clock.now();
  const handle = Buffer.from(JSON.stringify({ taskId: randomUUID(), sourceArn: SourceArn })).toString("base64");
  sqs.moveTasks.put(handle, {
    handle,
    region,
    sourceArn: SourceArn,
    status: "RUNNING",
    startedMs,
    moved: 0,
    toMove: sqs.messages.counts(SourceArn, startedMs).visible,
    ...(DestinationArn !== undefined && { destinationArn: DestinationArn }),
    ...(MaxNumberOfMessagesPerSecond !== undefined && { perSecond: MaxNumberOfMessagesPerSecond }),
  });
  runMoveTask(sqs, handle);
  return { TaskHandle: handle };
}

/** Lists the up to 10 latest tasks that moved messages out of a dead-letter queue. */
export function listMessageMoveTasks(sqs: Sqs, input: Input<"ListMessageMoveTasks">): Output<"ListMessageMoveTasks"> {
  const { SourceArn, MaxResults = 1 } = input;
  if (byArn(sqs, SourceArn) === undefined) {
    throw new AwsError(
      "ResourceNotFoundException",
      "The resource that you specified for the SourceArn parameter doesn't exist.",
      { statusCode: 404 },
    );
  }
  const tasks = tasksOf(sqs, SourceArn).sort((a, b) => b.startedMs - a.startedMs);
  return {
    Results: tasks.slice(0, MaxResults).map((task) => ({
      ...(task.status === "RUNNING" && { TaskHandle: task.handle }),
      Status: task.status,
      SourceArn: task.sourceArn,
      ...(task.destinationArn !== undefined && { DestinationArn: task.destinationArn }),
      ...(task.perSecond !== undefined && { MaxNumberOfMessagesPerSecond: task.perSecond }),
      ApproximateNumberOfMessagesMoved: task.moved,
      ApproximateNumberOfMessagesToMove: task.toMove,
      ...(task.failure !== undefined && { FailureReason: task.failure }),
      StartedTimestamp: task.startedMs,
    })),
  };
}

/** Stops a task that moves messages. Those that were moved stay moved. */
export function cancelMessageMoveTask(
  sqs: Sqs,
  { TaskHandle }: Input<"CancelMessageMoveTask">,
): Output<"CancelMessageMoveTask"> {
  const task = sqs.moveTasks.get(TaskHandle);
  if (task === undefined) {
    if (!isHandle(TaskHandle)) throw invalidParameter("Value for parameter TaskHandle is invalid.");
    throw new AwsError("ResourceNotFoundException", "Task does not exist.", { statusCode: 404 });
  }
  if (task.status !== "RUNNING") {
    throw new AwsError("UnsupportedOperation", "Only active tasks can be cancelled.");
  }
  sqs.moveTasks.put(TaskHandle, { ...task, status: "CANCELLED" });
  return { ApproximateNumberOfMessagesMoved: task.moved };
}

/** A handle names a task and the queue that it drains. */
function isHandle(text: string): boolean {
  try {
    const read: unknown = JSON.parse(Buffer.from(text, "base64").toString());
    return typeof read === "object" && read !== null && "taskId" in read && "sourceArn" in read;
  } catch {
    return false;
  }
}

/** Takes up the tasks that were under way when the cloud was stopped. */
export function resumeMoveTasks(sqs: Sqs): void {
  for (const [handle, { status }] of sqs.moveTasks.list()) if (status === "RUNNING") runMoveTask(sqs, handle);
}

function runMoveTask(sqs: Sqs, handle: string): void {
  const { clock, store } = sqs.cloud;
  const step = () => {
    const task = sqs.moveTasks.get(handle);
    if (task?.status !== "RUNNING") return;
    const found = sqs.messages.receivable(task.sourceArn, clock.now(), task.perSecond ?? AT_ONCE);
    store.transaction(() => {
      let next: MoveTaskRecord = { ...task, moved: task.moved + found.length };
      const stranded = found.find((message) => !move(sqs, task, message));
      if (stranded !== undefined) {
        // Either the queue that the task names is gone, or nothing names one.
        const isGone = task.destinationArn !== undefined;
        const failure = isGone ? "AWS.SimpleQueueService.NonExistentQueue" : "CouldNotDetermineMessageSource";
        next = { ...next, status: "FAILED", failure };
      } else if (found.length === 0) {
        next = { ...next, status: "COMPLETED" };
      }
      sqs.moveTasks.put(handle, next);
    });
    clock.at(clock.now() + (task.perSecond === undefined ? 0 : 1000), step);
  };
  clock.at(clock.now(), step);
}

function move(sqs: Sqs, task: MoveTaskRecord, message: StoredMessage): boolean {
  const target = byArn(sqs, task.destinationArn ?? message.sourceArn ?? "");
  if (target === undefined) return false;
  const now = sqs.cloud.clock.now();
  const { sourceArn: _source, receipt: _receipt, firstReceivedMs: _first, ...rest } = message;
  sqs.messages.delete(message.id);
  const expiresMs = now + numberOf(target, "MessageRetentionPeriod") * 1000;
  sqs.messages.add(target.arn, { ...rest, receiveCount: 0, sentMs: now, visibleMs: now, expiresMs });
  sqs.arrivals.announce(target.arn);
  return true;
}

function tasksOf(sqs: Sqs, sourceArn: string): MoveTaskRecord[] {
  return sqs.moveTasks
    .list()
    .map(([, task]) => task)
    .filter((task) => task.sourceArn === sourceArn);
}

function isDeadLetterQueue(sqs: Sqs, { arn }: QueueRecord): boolean {
  return sqs.queues.list().some(([, queue]) => redriveOf(queue)?.targetArn === arn);
}

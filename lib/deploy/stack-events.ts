import { DescribeStackEventsCommand, type CloudFormationClient, type StackEvent } from "@aws-sdk/client-cloudformation";
import type { AssemblyStack } from "../assembly/assembly.ts";
import type { IoHost } from "../io/message.ts";
import type { StackProgress } from "../io/progress.ts";
import { renderStackEvent } from "./report-events.ts";

const NOTED: ReadonlySet<string> = new Set(["CREATE_COMPLETE", "UPDATE_COMPLETE"]);
/** The resources of one note that are named; a VPC alone has twenty. */
const MOST_NAMED = 3;

/** A stack, and where its resources come from. */
export type FollowedStack = Pick<AssemblyStack, "stackName" | "origins">;

/** What is known of the operation that is followed. */
export type FollowedOperation = Pick<StackProgress, "purpose" | "total">;

/** Follows a stack's events from a moment on, and reports each one once. */
export class EventFollower {
  /** What failed, oldest first: the first one is usually the cause of the others. */
  readonly failures: StackEvent[] = [];
  readonly #seen = new Set<string>();
  /** Resources that are there, by what CloudFormation notes of them. */
  readonly #notes = new Map<string, string[]>();
  readonly #client: CloudFormationClient;
  readonly #stack: FollowedStack;
  readonly #host: IoHost;
  readonly #operation: FollowedOperation;
  #done = 0;
  #ownStatus: string | undefined;

  constructor(client: CloudFormationClient, stack: FollowedStack, host: IoHost, operation: FollowedOperation = {}) {
    this.#client = client;
    this.#stack = stack;
    this.#host = host;
    this.#operation = operation;
  }

  /**
   * Takes everything that has happened so far as known. Events are listed newest first, so the newest page is where
   * the next look stops: a stack's history of years is never read.
   */
  async skipPast(stackId: string): Promise<void> {
    const { StackEvents = [] } = await this.#client.send(new DescribeStackEventsCommand({ StackName: stackId }));
    for (const { EventId } of StackEvents) if (EventId !== undefined) this.#seen.add(EventId);
  }

  /** Reads and reports new events. An error in reading says nothing about the stack: the next read tries again. */
  async tellNew(stackId: string): Promise<void> {
    const events = await this.#read(stackId).catch(() => []);
    for (const event of events.toReversed()) {
      if (this.#seen.has(event.EventId!)) continue;
      this.#seen.add(event.EventId!);
      this.#tell(event);
    }
  }

  /** Reports what CloudFormation noted of resources that it made or changed: on the local cloud, what has no effect. */
  tellNotes(): void {
    for (const [note, resources] of this.#notes) {
      const more = resources.length - MOST_NAMED;
      const named = `${resources.slice(0, MOST_NAMED).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
      const data = { stack: this.#stack.stackName, note, resources };
      this.#host.notify({ code: "ResourceNote", level: "warn", text: `${named}: ${note}`, data });
    }
    this.#notes.clear();
  }

  /** Whether the events that have come since `skipPast` leave the stack itself in this status. */
  hasReached(status: string): boolean {
    return this.#ownStatus === status;
  }

  #tell(event: StackEvent): void {
    const status = event.ResourceStatus ?? "";
    const isOwn = event.PhysicalResourceId === event.StackId;
    if (isOwn) this.#ownStatus = status;
    if (status.endsWith("_COMPLETE")) this.#done++;
    if (status.endsWith("_FAILED")) this.failures.push(event);
    const origin = this.#stack.origins.get(event.LogicalResourceId!);
    const resource = origin?.constructPath ?? event.LogicalResourceId ?? "";
    const { ResourceStatusReason: reason } = event;
    if (reason !== undefined && !isOwn && NOTED.has(status))
      this.#notes.set(reason, [...(this.#notes.get(reason) ?? []), resource]);
    this.#host.notify({
      code: "StackEvent",
      level: "info",
      text: renderStackEvent(this.#stack, event, this.#done),
      data: {
        stack: this.#stack.stackName,
        time: event.Timestamp,
        status,
        type: event.ResourceType,
        logicalId: event.LogicalResourceId,
        physicalId: event.PhysicalResourceId,
        constructPath: origin?.constructPath,
        reason: event.ResourceStatusReason,
      },
      progress: {
        kind: "stack",
        stack: this.#stack.stackName,
        status,
        ...this.#operation,
        ...(isOwn ? {} : { resource }),
        ...(event.ResourceType !== undefined && { type: event.ResourceType }),
      },
    });
  }

  /** Newest first, back to the first one that is known. */
  async #read(stackId: string): Promise<StackEvent[]> {
    const events: StackEvent[] = [];
    let NextToken: string | undefined;
    do {
      const page = await this.#client.send(new DescribeStackEventsCommand({ StackName: stackId, NextToken }));
      for (const event of page.StackEvents ?? []) {
        if (this.#seen.has(event.EventId!)) return events;
        events.push(event);
      }
      NextToken = page.NextToken;
    } while (NextToken);
    return events;
  }
}

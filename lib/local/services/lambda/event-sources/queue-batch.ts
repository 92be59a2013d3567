import type { Checked } from "../../../kit/checked.ts";
import { randomUUID } from "node:crypto";
import type { Message, MessageAttributeValue } from "@aws-sdk/client-sqs";
import { matchesPattern } from "../../../../util/event-pattern/event-pattern.ts";
import { isAwsError } from "../../../aws-error.ts";
import type { CallContext } from "../../../service.ts";
import { readFailedItems } from "./batch-response.ts";
import { findTarget } from "../invoke/invoke-target.ts";
import { run } from "../invoke/invoke.ts";
import type { Lambda } from "../context.ts";
import { readFunctionRef } from "../functions/names.ts";
import { inRole, noteResult } from "./mapping-role.ts";
import { queueUrlOf } from "../../../delivery/to-queue.ts";
import type { MappingRecord } from "../records.ts";
import { parseJson } from "../../../../util/parse-json.ts";

/**
 * Messages on their way to the function. What came through, and what the filters let fall, is deleted; what failed is
 * left to the queue: it comes back after its visibility timeout, or goes to the dead letters.
 */
export class QueueBatch {
  readonly #lambda: Lambda;
  readonly #mapping: MappingRecord;
  readonly #messages: readonly Checked<Message>[];

  constructor(lambda: Lambda, mapping: MappingRecord, messages: readonly Checked<Message>[]) {
    this.#lambda = lambda;
    this.#mapping = mapping;
    this.#messages = messages;
  }

  async deliver(): Promise<void> {
    const wanted = this.#messages.filter((message) => this.#passesFilters(message));
    const unwanted = this.#messages.filter((message) => !wanted.includes(message));
    const failed = wanted.length === 0 ? new Set<Checked<Message>>() : await this.#call(wanted);
    await this.#delete([...unwanted, ...wanted.filter((message) => !failed.has(message))]);
  }

  /** The mapping was switched off meanwhile: others may have the messages at once. */
  async putBack(): Promise<void> {
    await Promise.all(
      this.#messages.map(({ ReceiptHandle }) =>
        this.#ask("ChangeMessageVisibility", { ReceiptHandle, VisibilityTimeout: 0 }, {}),
      ),
    );
  }

  /** A pattern on the body applies to JSON or to text, whichever it is written for. */
  #passesFilters(message: Checked<Message>): boolean {
    const filters = this.#mapping.settings.FilterCriteria?.Filters ?? [];
    if (filters.length === 0) return true;
    const event = this.#toRecord(message);
    const parsed = { ...event, body: tryParse(event.body) };
    return filters.some(({ Pattern = "{}" }) => matchesPattern(Pattern, parsed));
  }

  /** Calls the function once. Returns what failed. */
  async #call(messages: readonly Checked<Message>[]): Promise<Set<Checked<Message>>> {
    const { functionName, region, settings } = this.#mapping;
    const requestId = randomUUID();
    const all = new Set(messages);
    try {
      const ref = readFunctionRef(functionName, undefined, { region, account: this.#lambda.cloud.account, requestId });
      const Records = messages.map((message) => this.#toRecord(message));
      const payload = Buffer.from(JSON.stringify({ Records }));
      const result = await run(this.#lambda, findTarget(this.#lambda, ref), payload, { requestId });
      this.#note(result.errorType === undefined ? "OK" : "PROBLEM: Function call failed");
      if (result.errorType !== undefined) return all;
      if (settings.FunctionResponseTypes?.includes("ReportBatchItemFailures") !== true) return new Set();
      const failed = readFailedItems(
        result.payload,
        messages.map(({ MessageId = "" }) => MessageId),
      );
      return failed === "all" ? all : new Set(messages.filter(({ MessageId = "" }) => failed.has(MessageId)));
    } catch (error) {
      if (!isAwsError(error)) throw error;
      this.#note(`PROBLEM: ${error.message}`);
      return all;
    }
  }

  #toRecord(message: Checked<Message>) {
    const { region, source } = this.#mapping;
    const { MD5OfMessageAttributes: digest } = message;
    return {
      messageId: message.MessageId,
      receiptHandle: message.ReceiptHandle,
      body: message.Body ?? "",
      attributes: message.Attributes ?? {},
      messageAttributes: attributesOf(message.MessageAttributes ?? {}),
      ...(digest !== undefined && { md5OfMessageAttributes: digest }),
      md5OfBody: message.MD5OfBody,
      eventSource: "aws:sqs",
      eventSourceARN: source,
      awsRegion: region,
    };
  }

  async #delete(messages: readonly Checked<Message>[]): Promise<void> {
    for (let at = 0; at < messages.length; at += 10) {
      const Entries = messages
        .slice(at, at + 10)
        .map(({ ReceiptHandle }, index) => ({ Id: `${index}`, ReceiptHandle }));
      await this.#ask("DeleteMessageBatch", { Entries }, inRole(this.#lambda, this.#mapping));
    }
  }

  async #ask(
    operation: "DeleteMessageBatch" | "ChangeMessageVisibility",
    input: object,
    actor: Pick<CallContext, "as">,
  ): Promise<void> {
    const { region, source } = this.#mapping;
    const QueueUrl = queueUrlOf(this.#lambda.cloud.endpoint, source);
    try {
      await this.#lambda.cloud.call("sqs", operation, { QueueUrl, ...input } as never, {
        region,
        ...actor,
      });
    } catch (error) {
      // The queue may be gone, the message received again, or the role not permitted: delivery is at least once.
      if (!isAwsError(error)) throw error;
    }
  }

  #note(lastResult: string): void {
    noteResult(this.#lambda, this.#mapping.uuid, lastResult);
  }
}

function attributesOf(given: Record<string, Checked<MessageAttributeValue>>): Record<string, object> {
  return Object.fromEntries(
    Object.entries(given).map(([name, { StringValue, BinaryValue, DataType }]) => [
      name,
      {
        ...(StringValue !== undefined && { stringValue: StringValue }),
        ...(BinaryValue !== undefined && { binaryValue: Buffer.from(BinaryValue).toString("base64") }),
        stringListValues: [],
        binaryListValues: [],
        dataType: DataType,
      },
    ]),
  );
}

function tryParse(body: string): unknown {
  try {
    return parseJson(body);
  } catch {
    return body;
  }
}

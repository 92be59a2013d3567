import { pager } from "../../kit/page.ts";
import type { Nothing } from "../../kit/operation-types.ts";
import { AwsError } from "../../aws-error.ts";
import type { RequestContext } from "../../service.ts";
import {
  checkAttributes,
  readSwitches,
  invalidRedrive,
  isFifo,
  redriveOf,
  settledAttributes,
  withoutEmpty,
} from "./queue-attributes.ts";
import type { QueueRecord } from "./records.ts";
import { invalidParameter, invalidValue, queueMissing, unknownAttribute } from "./errors.ts";
import type { Input, Output, Sqs } from "./context.ts";

const NAME = /^[A-Za-z0-9_-]{1,80}$/;
const FIFO_NAME = /^(?=.{1,80}$)[A-Za-z0-9_-]+\.fifo$/;

/** Creates a queue. The same name with the same settings answers the one that is there. */
export function createQueue(sqs: Sqs, input: Input<"CreateQueue">, context: RequestContext): Output<"CreateQueue"> {
  const name = input.QueueName ?? "";
  const given = readSwitches(input.Attributes ?? {});
  const fifo = given["FifoQueue"] === "true";
  if (!(fifo ? FIFO_NAME : NAME).test(name)) {
    throw invalidParameter(
      fifo
        ? "The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, must end with .fifo suffix and be 1 to 80 in length."
        : "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length",
    );
  }
  const attributes = checkAttributes(given, fifo);
  const { account, region } = context;
  const before = sqs.queues.get(`${region}/${name}`);
  if (before !== undefined) {
    refuseOther(before, attributes);
    return { QueueUrl: urlOf(sqs, before) };
  }
  const now = sqs.cloud.clock.now();
  const record: QueueRecord = {
    name,
    region,
    account,
    arn: `arn:aws:sqs:${region}:${account}:${name}`,
    attributes: withoutEmpty(attributes),
    tags: input.tags ?? {},
    createdMs: now,
    modifiedMs: now,
  };
  checkDeadLetters(sqs, record);
  sqs.queues.put(`${region}/${name}`, record);
  return { QueueUrl: urlOf(sqs, record) };
}

function refuseOther(before: QueueRecord, attributes: Readonly<Record<string, string>>): void {
  const settled = settledAttributes(before);
  const other = Object.entries(attributes).find(([name, value]) => settled[name] !== value);
  if (other === undefined) return;
  throw new AwsError(
    "QueueNameExists",
    `A queue already exists with the same name and a different value for attribute ${other[0]}`,
  );
}

/** A dead-letter queue is of the same kind, in the same region, and lets this queue use it. */
function checkDeadLetters(sqs: Sqs, queue: QueueRecord): void {
  const redrive = redriveOf(queue);
  if (redrive === undefined) return;
  const text = queue.attributes["RedrivePolicy"]!;
  const target = byArn(sqs, redrive.targetArn);
  if (target === undefined) throw invalidRedrive(text, "Dead letter target does not exist.");
  if (isFifo(target) !== isFifo(queue)) {
    throw invalidRedrive(text, "Dead-letter queue must be same type of queue as the source.");
  }
  const allowed = JSON.parse(target.attributes["RedriveAllowPolicy"] ?? "{}") as {
    redrivePermission?: string;
    sourceQueueArns?: string[];
  };
  const denied =
    allowed.redrivePermission === "denyAll" ||
    (allowed.redrivePermission === "byQueue" && allowed.sourceQueueArns?.includes(queue.arn) !== true);
  if (denied) throw invalidRedrive(text, "Dead letter target does not allow this source queue.");
}

/** Deleting a queue takes its messages away. */
export function deleteQueue(sqs: Sqs, input: Input<"DeleteQueue">, context: RequestContext): Nothing {
  const queue = findQueue(sqs, input.QueueUrl, context);
  sqs.queues.delete(`${queue.region}/${queue.name}`);
  sqs.messages.purge(queue.arn);
  return {};
}

/** Returns a queue's URL. `QueueDoesNotExist` where the account and region have none of this name. */
export function getQueueUrl(sqs: Sqs, input: Input<"GetQueueUrl">, context: RequestContext): Output<"GetQueueUrl"> {
  const queue = sqs.queues.get(`${context.region}/${input.QueueName}`);
  const owner = input.QueueOwnerAWSAccountId;
  if (queue === undefined || (owner !== undefined && owner !== queue.account)) throw queueMissing(context);
  return { QueueUrl: urlOf(sqs, queue) };
}

/** Lists the URLs of queues by name prefix, up to 1,000 a page. */
export function listQueues(sqs: Sqs, input: Input<"ListQueues">, { region }: RequestContext): Output<"ListQueues"> {
  const all = sqs.queues.list(`${region}/${input.QueueNamePrefix ?? ""}`).map(([, queue]) => urlOf(sqs, queue));
  const { items, next } = pageOf(all, input);
  return { ...(items.length > 0 && { QueueUrls: items }), ...next };
}

/** Lists the queues whose dead-letter queue this one is. */
export function listDeadLetterSourceQueues(
  sqs: Sqs,
  input: Input<"ListDeadLetterSourceQueues">,
  context: RequestContext,
): Output<"ListDeadLetterSourceQueues"> {
  const { arn } = findQueue(sqs, input.QueueUrl, context);
  const all = sqs.queues
    .list(`${context.region}/`)
    .filter(([, queue]) => redriveOf(queue)?.targetArn === arn)
    .map(([, queue]) => urlOf(sqs, queue));
  const { items, next } = pageOf(all, input);
  return { queueUrls: items, ...next };
}

const cut = pager((NextToken) => ({ NextToken }));

/** SQS answers a token only where the caller limits the page. */
function pageOf(all: readonly string[], { MaxResults, NextToken }: { MaxResults?: number; NextToken?: string }) {
  const { items, next } = cut(all, MaxResults ?? 1000, NextToken);
  return { items, next: MaxResults === undefined ? {} : next };
}

/** Sets attributes of a queue. `InvalidAttributeName` for one that SQS does not have. */
export function setQueueAttributes(sqs: Sqs, input: Input<"SetQueueAttributes">, context: RequestContext): Nothing {
  const queue = findQueue(sqs, input.QueueUrl, context);
  const given = checkAttributes(readSwitches(input.Attributes ?? {}), isFifo(queue));
  const attributes = withoutEmpty({ ...queue.attributes, ...given });
  if (given["KmsMasterKeyId"] !== undefined && given["KmsMasterKeyId"] !== "")
    delete attributes["SqsManagedSseEnabled"];
  // A queue that loses its key is not encrypted with SQS's own key instead.
  else if (given["KmsMasterKeyId"] === "" && (queue.attributes["KmsMasterKeyId"] ?? "") !== "")
    attributes["SqsManagedSseEnabled"] = given["SqsManagedSseEnabled"] ?? "false";
  if (given["SqsManagedSseEnabled"] === "true") delete attributes["KmsMasterKeyId"];
  const record = { ...queue, attributes, modifiedMs: sqs.cloud.clock.now() };
  checkDeadLetters(sqs, record);
  sqs.queues.put(`${queue.region}/${queue.name}`, record);
  return {};
}

const COUNTS = [
  "ApproximateNumberOfMessages",
  "ApproximateNumberOfMessagesDelayed",
  "ApproximateNumberOfMessagesNotVisible",
];

/** Returns attributes of a queue, with approximate counts of its messages. */
export function getQueueAttributes(
  sqs: Sqs,
  input: Input<"GetQueueAttributes">,
  context: RequestContext,
): Output<"GetQueueAttributes"> {
  const queue = findQueue(sqs, input.QueueUrl, context);
  const wanted = (input.AttributeNames ?? []) as string[];
  if (wanted.length === 0) return {};
  // Counting reads the whole queue: it is done only on request.
  const counts = wanted.some((name) => name === "All" || COUNTS.includes(name)) ? countsOf(sqs, queue) : {};
  const all: Record<string, string> = {
    QueueArn: queue.arn,
    ...counts,
    CreatedTimestamp: String(Math.floor(queue.createdMs / 1000)),
    LastModifiedTimestamp: String(Math.floor(queue.modifiedMs / 1000)),
    ...settledAttributes(queue),
  };
  if (wanted.includes("All")) return { Attributes: all };
  const known = new Set([...Object.keys(all), "Policy", "RedrivePolicy", "RedriveAllowPolicy", "KmsMasterKeyId"]);
  for (const name of [
    "KmsDataKeyReusePeriodSeconds",
    "FifoQueue",
    "ContentBasedDeduplication",
    "DeduplicationScope",
    "FifoThroughputLimit",
  ])
    known.add(name);
  const unknown = wanted.find((name) => !known.has(name));
  if (unknown !== undefined) throw unknownAttribute(unknown);
  const shown = Object.entries(all).filter(([name]) => wanted.includes(name));
  return shown.length === 0 ? {} : { Attributes: Object.fromEntries(shown) };
}

function countsOf(sqs: Sqs, { arn }: QueueRecord): Record<string, string> {
  const { visible, inFlight, delayed } = sqs.messages.counts(arn, sqs.cloud.clock.now());
  return Object.fromEntries(COUNTS.map((name, index) => [name, String([visible, delayed, inFlight][index])]));
}

/** One purge a minute, as AWS has it. */
export function purgeQueue(sqs: Sqs, input: Input<"PurgeQueue">, context: RequestContext): Nothing {
  const queue = findQueue(sqs, input.QueueUrl, context);
  const now = sqs.cloud.clock.now();
  if (queue.purgedMs !== undefined && now - queue.purgedMs < 60_000) {
    throw new AwsError(
      "PurgeQueueInProgress",
      `Only one PurgeQueue operation on ${queue.name} is allowed every 60 seconds.`,
      { statusCode: 403 },
    );
  }
  sqs.queues.put(`${queue.region}/${queue.name}`, { ...queue, purgedMs: now });
  sqs.messages.purge(queue.arn);
  return {};
}

/** Adds tags to a queue, or overwrites them: at most 50. */
export function tagQueue(sqs: Sqs, input: Input<"TagQueue">, context: RequestContext): Nothing {
  const queue = findQueue(sqs, input.QueueUrl, context);
  sqs.queues.put(`${queue.region}/${queue.name}`, { ...queue, tags: { ...queue.tags, ...input.Tags } });
  return {};
}

/** Removes tags by their keys. Keys that the queue does not have are ignored. */
export function untagQueue(sqs: Sqs, input: Input<"UntagQueue">, context: RequestContext): Nothing {
  const queue = findQueue(sqs, input.QueueUrl, context);
  const gone = new Set(input.TagKeys ?? []);
  const tags = Object.fromEntries(Object.entries(queue.tags).filter(([name]) => !gone.has(name)));
  sqs.queues.put(`${queue.region}/${queue.name}`, { ...queue, tags });
  return {};
}

/** Returns a queue's tags. */
export function listQueueTags(
  sqs: Sqs,
  input: Input<"ListQueueTags">,
  context: RequestContext,
): Output<"ListQueueTags"> {
  const { tags } = findQueue(sqs, input.QueueUrl, context);
  return Object.keys(tags).length === 0 ? {} : { Tags: { ...tags } };
}

interface Statement {
  readonly Sid: string;
  readonly [member: string]: unknown;
}

interface Policy {
  readonly Version: string;
  readonly Id: string;
  readonly Statement: readonly Statement[];
}

/** Adds a statement to a queue's policy for accounts and actions. */
export function addPermission(sqs: Sqs, input: Input<"AddPermission">, context: RequestContext): Nothing {
  const queue = findQueue(sqs, input.QueueUrl, context);
  const policy = policyOf(queue);
  const { Label, AWSAccountIds, Actions } = input;
  if (policy.Statement.some(({ Sid }) => Sid === Label)) {
    throw invalidValue(Label, "Label", "Already exists.");
  }
  const actions = Actions.map((action) => `SQS:${action}`);
  const principals = AWSAccountIds.map((account) => `arn:aws:iam::${account}:root`);
  const statement: Statement = {
    Sid: Label,
    Effect: "Allow",
    Principal: { AWS: principals.length === 1 ? principals[0] : principals },
    Action: actions.length === 1 ? actions[0] : actions,
    Resource: queue.arn,
  };
  return keepPolicy(sqs, queue, { ...policy, Statement: [...policy.Statement, statement] });
}

/** Removes a statement of a queue's policy by its label. */
export function removePermission(sqs: Sqs, input: Input<"RemovePermission">, context: RequestContext): Nothing {
  const queue = findQueue(sqs, input.QueueUrl, context);
  const policy = policyOf(queue);
  const Statement = policy.Statement.filter(({ Sid }) => Sid !== input.Label);
  if (Statement.length === policy.Statement.length) throw invalidValue(input.Label, "Label", "can't find label.");
  return keepPolicy(sqs, queue, { ...policy, Statement });
}

function policyOf(queue: QueueRecord): Policy {
  const { Policy: text } = queue.attributes;
  if (text !== undefined) return JSON.parse(text) as Policy;
  return { Version: "2008-10-17", Id: `${queue.arn}/SQSDefaultPolicy`, Statement: [] };
}

function keepPolicy(sqs: Sqs, queue: QueueRecord, policy: Policy): Nothing {
  const attributes = withoutEmpty({
    ...queue.attributes,
    Policy: policy.Statement.length === 0 ? "" : JSON.stringify(policy),
  });
  sqs.queues.put(`${queue.region}/${queue.name}`, { ...queue, attributes });
  return {};
}

/** `http://127.0.0.1:4747/<account>/<name>`; any region's queue has it with its region in front where that is another. */
export function urlOf({ cloud }: Sqs, { account, name }: QueueRecord): string {
  return `${cloud.endpoint}/${account}/${name}`;
}

/** The queue that a URL names, by its last two parts; the region is the caller's. */
export function findQueue(sqs: Sqs, url: string | undefined, context: RequestContext): QueueRecord {
  const path = url ?? context.http?.url?.split("?")[0] ?? "";
  const name = path.split("/").at(-1) ?? "";
  const queue = sqs.queues.get(`${context.region}/${name}`);
  if (queue === undefined) throw queueMissing(context);
  return queue;
}

/** The queue of this ARN; undefined where there is none. */
export function byArn(sqs: Sqs, arn: string): QueueRecord | undefined {
  const [, , , region, account, name] = arn.split(":");
  const queue = sqs.queues.get(`${region}/${name}`);
  return queue?.account === account ? queue : undefined;
}

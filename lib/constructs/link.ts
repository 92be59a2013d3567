import type { IHttpApi } from "aws-cdk-lib/aws-apigatewayv2";
import type { ITable } from "aws-cdk-lib/aws-dynamodb";
import type { IEventBus } from "aws-cdk-lib/aws-events";
import type { IStream } from "aws-cdk-lib/aws-kinesis";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import type { IBucket } from "aws-cdk-lib/aws-s3";
import type { ISecret } from "aws-cdk-lib/aws-secretsmanager";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import type { IParameter } from "aws-cdk-lib/aws-ssm";
import type { IStateMachine } from "aws-cdk-lib/aws-stepfunctions";
import type { IConstruct } from "constructs";
import { LINK_METADATA, type LinkRecord } from "../assembly/link-record.ts";
import { LINK_NAME, linkVariable } from "../runtime/link-variable.ts";
import type { Bucket } from "./bucket.ts";
import type { BucketTarget } from "./bucket-props.ts";
import { Function as ReleasedFunction } from "./function.ts";
import { HookFunction } from "./hook-function.ts";
import type { HttpApi } from "./http-api.ts";
import { type BoundTarget, LINK_TARGETS, tryBindTarget } from "./link-targets.ts";
import { LINK_PAIRS } from "./link-pairs.ts";
import { tryBindTrigger } from "./link-triggers.ts";
import { addProblems } from "./problems.ts";
import type { Queue } from "./queue.ts";
import type { Rule } from "./rule.ts";
import type { EventTarget } from "./rule-props.ts";
import { StateMachine } from "./state-machine.ts";
import type { Stream } from "./stream.ts";
import type { Table } from "./table.ts";
import type { Topic } from "./topic.ts";

/** What a link lets its source do with its target. */
export type LinkAccess = "read" | "write" | "readwrite";

/** What can be linked to something that it then reads, writes or calls: it has a role. */
export type LinkSource = ReleasedFunction | HookFunction | StateMachine;

/** What can be read and written. */
export type DataTarget = IBucket | IParameter | IQueue | ISecret | IStateMachine | IStream | ITable;

/** What can only be called or sent to. */
export type CallTarget = IEventBus | IFunction | IHttpApi | ITopic;

/** How a link is named. */
export interface LinkOptions {
  /**
   * The name of the link in the function's code: a letter, then letters and digits.
   * @default - the id of the target's construct
   */
  readonly name?: string;
}

/**
 * Links a function or a workflow to something that it reads or writes. It grants the actions of the access and no others,
 * on this target alone. Functions find its name, URL or ARN with `resource` of `tidegate/runtime`. A second link to the same
 * target adds to the first. For secrets, `write` sets a new value; for workflows it starts and stops executions, and `read`
 * looks at them.
 */
export function link(from: LinkSource, to: DataTarget, access: LinkAccess, options?: LinkOptions): void;
/** Links a function or a workflow to something that it calls or sends to: an API, a bus, a function or a topic. */
export function link(from: LinkSource, to: CallTarget, access?: "write", options?: LinkOptions): void;
/** Lets a function consume a queue, a stream or the changes of a table: as `from.consume(to)`. */
export function link(from: Queue | Stream | Table, to: ReleasedFunction): void;
/** Delivers a topic's messages: as `from.subscribe(to)`. */
export function link(from: Topic, to: IFunction | IQueue): void;
/** Sends an event for each new object of a bucket: as `from.on("s3:ObjectCreated:*", to)`. */
export function link(from: Bucket, to: BucketTarget): void;
/** Delivers a rule's events: as `from.to(to)`. */
export function link(from: Rule, to: EventTarget): void;
/** Sends requests to a function that no other route takes: as `from.addRoute("$default", to)`. */
export function link(from: HttpApi, to: IFunction): void;
export function link(from: IConstruct, to: IConstruct, access?: LinkAccess, options: LinkOptions = {}): void {
  const problem = isSource(from) ? linkSource(from, to, access, options) : linkTrigger(from, to, access);
  if (problem !== undefined) addProblems(from, [`link: ${problem}`]);
}

function linkTrigger(from: IConstruct, to: IConstruct, access: LinkAccess | undefined): string | undefined {
  const trigger = tryBindTrigger(from);
  if (trigger === undefined) {
    const sources = [...new Set(LINK_PAIRS.map(([source]) => source))].toSorted();
    return `${labelOf(from)} cannot be linked to anything. A ${sources.slice(0, -1).join(", ")} or ${sources.at(-1)} can be.`;
  }
  if (access !== undefined) return `${labelOf(from)} to ${labelOf(to)}: access '${access}' is given; omit it.`;
  return trigger.connect(to) ? undefined : refused(from, to, trigger.allowed);
}

function linkSource(
  from: LinkSource,
  to: IConstruct,
  access: LinkAccess | undefined,
  options: LinkOptions,
): string | undefined {
  const target = tryBindTarget(to);
  if (target === undefined) return refused(from, to, LINK_TARGETS);
  const { name = to.node.id } = options;
  const given = access ?? (target.read === undefined ? "write" : undefined);
  const problem = accessProblem(target, given) ?? circleProblem(from, to) ?? nameProblem(from, to, name);
  if (problem !== undefined || given === undefined) return `${labelOf(from)} to ${labelOf(to)}: ${problem}`;
  if (given !== "write") target.read?.(from);
  if (given !== "read") target.write?.(from);
  if (given === "readwrite") target.both?.(from);
  const links = linksOf(from);
  if (!links.has(name)) addToCode(from, target, { name, kind: target.kind });
  links.set(name, to);
  return undefined;
}

function accessProblem({ read, write, kind }: BoundTarget, access: LinkAccess | undefined): string | undefined {
  const allowed = [read && "read", write && "write", read && write && "readwrite"].filter((one) => one !== undefined);
  if (access !== undefined && allowed.includes(access)) return undefined;
  const what = access === undefined ? "access is missing" : `access '${access}' is unknown to this ${kind}`;
  return `${what}. Allowed: ${allowed.map((one) => `'${one}'`).join(", ")}.`;
}

/** CloudFormation could create neither of the two first. */
function circleProblem(from: IConstruct, to: IConstruct): string | undefined {
  if (from === to) return "a function or workflow cannot be linked to itself: CloudFormation would need it first.";
  if (!reaches(to, from)) return undefined;
  return `${labelOf(to)} is linked to ${labelOf(from)} already: CloudFormation cannot create two that need each other. Put a queue or a topic between them.`;
}

function reaches(from: IConstruct, to: IConstruct): boolean {
  return [...linksOf(from).values()].some((next) => next === to || reaches(next, to));
}

function nameProblem(from: IConstruct, to: IConstruct, name: string): string | undefined {
  if (!LINK_NAME.test(name)) {
    return `the name '${name}' cannot be used in code. Give { name } with a letter first, then letters and digits.`;
  }
  const other = linksOf(from).get(name);
  if (other === undefined || other === to) return undefined;
  return `the name '${name}' is that of the link to ${labelOf(other)}. Give { name } with another name.`;
}

/** What the function's code finds its links by. A workflow's definition names its targets itself. */
function addToCode(from: LinkSource, { attributes }: BoundTarget, record: LinkRecord): void {
  if (from instanceof StateMachine) return;
  const fn = from instanceof HookFunction ? from.lambda : from;
  for (const [attribute, value] of Object.entries(attributes)) {
    fn.addEnvironment(linkVariable(record.name, attribute), value);
  }
  from.node.addMetadata(LINK_METADATA, record);
}

function refused(from: IConstruct, to: IConstruct, allowed: readonly string[]): string {
  return `${labelOf(from)} cannot be linked to ${labelOf(to)}. Allowed targets: ${allowed.join(", ")}.`;
}

function labelOf({ node, constructor }: IConstruct): string {
  return `${constructor.name} '${node.path}'`;
}

function isSource(from: IConstruct): from is LinkSource {
  return from instanceof ReleasedFunction || from instanceof HookFunction || from instanceof StateMachine;
}

/** The links of each construct, by their names. */
const LINKS = new WeakMap<IConstruct, Map<string, IConstruct>>();

function linksOf(from: IConstruct): Map<string, IConstruct> {
  const links = LINKS.get(from) ?? new Map<string, IConstruct>();
  LINKS.set(from, links);
  return links;
}

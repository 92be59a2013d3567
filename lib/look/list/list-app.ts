import { DescribeTableCommand } from "@aws-sdk/client-dynamodb";
import { GetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import { mapConcurrently } from "../../util/map-concurrently.ts";
import { functionsOf } from "../app/app-functions.ts";
import type { AppResource, AppStack } from "../app/app-resource.ts";
import { readServed, type ServedVersions } from "../app/find-version.ts";
import { type Endpoint, endpointsOf } from "./endpoints.ts";

const READS_AT_ONCE = 8;

/** A function and what its alias serves. */
export interface ListedFunction {
  readonly path: string;
  readonly functionName: string;
  readonly alias?: string;
  /** Absent where the function has no alias. */
  readonly served?: ServedVersions;
}

/** A queue and how many messages it holds, as SQS estimates it. */
export interface ListedQueue {
  readonly path: string;
  readonly url: string;
  readonly waiting: number;
  readonly inFlight: number;
  readonly delayed: number;
}

/** A table and its number of items. AWS counts every six hours or so. */
export interface ListedTable {
  readonly path: string;
  readonly name: string;
  readonly items: number;
}

/** Another resource that events come from or go to. */
export interface ListedResource {
  readonly path: string;
  /** For example `topic`. */
  readonly kind: string;
  readonly name: string;
}

/** What an app consists of, as it is deployed. */
export interface ListedApp {
  readonly stacks: readonly { readonly path: string; readonly stackName: string; readonly status: string }[];
  readonly endpoints: readonly Endpoint[];
  readonly functions: readonly ListedFunction[];
  readonly queues: readonly ListedQueue[];
  readonly tables: readonly ListedTable[];
  readonly others: readonly ListedResource[];
  /** By stack and name: `Todo.Url`. */
  readonly outputs: Readonly<Record<string, string>>;
}

const OTHER_KINDS: ReadonlyMap<string, string> = new Map([
  ["AWS::SNS::Topic", "topic"],
  ["AWS::Events::EventBus", "event bus"],
  ["AWS::Kinesis::Stream", "stream"],
  ["AWS::S3::Bucket", "bucket"],
  ["AWS::StepFunctions::StateMachine", "workflow"],
  ["AWS::Events::Rule", "rule"],
  ["AWS::Scheduler::Schedule", "schedule"],
]);

/** Reads what an app consists of, with the figures of its queues and tables. */
export async function listApp(stacks: readonly AppStack[]): Promise<ListedApp> {
  const resources = stacks.flatMap((stack) => stack.resources).toSorted((a, b) => (a.path < b.path ? -1 : 1));
  const ofType = (type: string) => resources.filter((resource) => resource.type === type);
  const [endpoints, functions, queues, tables] = await Promise.all([
    endpointsOf(stacks),
    mapConcurrently(functionsOf(stacks), READS_AT_ONCE, async ({ target: _target, ...fn }) => {
      const served = await readServed({ ...fn, target: _target });
      return { ...fn, ...(served === undefined ? {} : { served }) };
    }),
    mapConcurrently(ofType("AWS::SQS::Queue"), READS_AT_ONCE, readQueue),
    mapConcurrently(ofType("AWS::DynamoDB::Table"), READS_AT_ONCE, readTable),
  ]);
  return {
    stacks: stacks.map(({ path, stackName, state }) => ({ path, stackName, status: state.status })),
    endpoints,
    functions,
    queues,
    tables,
    others: resources.flatMap(({ type, path, physicalId }) => {
      const kind = OTHER_KINDS.get(type);
      return kind === undefined ? [] : [{ path, kind, name: physicalId }];
    }),
    outputs: Object.fromEntries(
      stacks.flatMap(({ path, state }) =>
        Object.entries(state.outputs).map(([name, value]) => [`${path}.${name}`, value]),
      ),
    ),
  };
}

const QUEUE_FIGURES = {
  waiting: "ApproximateNumberOfMessages",
  inFlight: "ApproximateNumberOfMessagesNotVisible",
  delayed: "ApproximateNumberOfMessagesDelayed",
} as const;

async function readQueue({ path, physicalId: url, target }: AppResource): Promise<ListedQueue> {
  const client = await target.aws.client("sqs");
  const input = { QueueUrl: url, AttributeNames: Object.values(QUEUE_FIGURES) };
  const { Attributes = {} } = await client.send(new GetQueueAttributesCommand(input));
  const figure = (name: keyof typeof QUEUE_FIGURES) => Number(Attributes[QUEUE_FIGURES[name]] ?? 0);
  return { path, url, waiting: figure("waiting"), inFlight: figure("inFlight"), delayed: figure("delayed") };
}

async function readTable({ path, physicalId: name, target }: AppResource): Promise<ListedTable> {
  const client = await target.aws.client("dynamodb");
  const { Table } = await client.send(new DescribeTableCommand({ TableName: name }));
  return { path, name, items: Table?.ItemCount ?? 0 };
}

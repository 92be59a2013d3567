import type { Input } from "../../../kit/operation-types.ts";
import type { EventSourceMappingConfiguration } from "@aws-sdk/client-lambda";
import type { Loose, Properties, ResourceContext } from "./resource-type.ts";
import { resource, type PropertiesOf } from "./resource.ts";
import { tagMap, tolerate } from "./tolerate.ts";

/** What a mapping falls back to when the template drops a property. */
const DEFAULTS: Readonly<Record<string, unknown>> = {
  BisectBatchOnFunctionError: false,
  DestinationConfig: {},
  Enabled: true,
  FilterCriteria: {},
  FunctionResponseTypes: [],
  MaximumBatchingWindowInSeconds: 0,
  ScalingConfig: {},
};

/** Properties that only a new mapping takes. */
const CREATE_ONLY = new Set([
  "AmazonManagedKafkaEventSourceConfig",
  "EventSourceArn",
  "Queues",
  "SelfManagedEventSource",
  "SelfManagedKafkaEventSourceConfig",
  "StartingPosition",
  "StartingPositionTimestamp",
  "Tags",
  "Topics",
]);

/** AWS::Lambda::EventSourceMapping */
export const lambdaEventSourceMapping = resource("AWS::Lambda::EventSourceMapping", {
  async create(desired, context) {
    const made =
      (context.resumed ? await findMade(desired, context) : undefined) ?? (await createMapping(desired, context));
    const id = String(made.UUID);
    const arn =
      made.EventSourceMappingArn ?? `arn:aws:lambda:${context.region}:${context.account}:event-source-mapping:${id}`;
    return { physicalId: id, attributes: { Id: id, EventSourceMappingArn: arn } };
  },
  async update(desired, current, context) {
    await context.call("lambda", "UpdateEventSourceMapping", {
      ...dropped(desired, current.properties),
      ...Object.fromEntries(Object.entries(desired).filter(([name]) => !CREATE_ONLY.has(name))),
      UUID: current.physicalId,
    });
    return current;
  },
  async delete(current, context) {
    await tolerate(
      context.call("lambda", "DeleteEventSourceMapping", { UUID: current.physicalId }),
      "ResourceNotFoundException",
    );
    for (let waitMs = 1; await isThere(current.physicalId, context); waitMs = Math.min(waitMs * 2, 50)) {
      await new Promise((resolve) => setTimeout(resolve, waitMs));
      context.signal.throwIfAborted();
    }
  },
  async isStable(current, context) {
    const { State } = await context.call("lambda", "GetEventSourceMapping", { UUID: current.physicalId });
    return State === "Enabled" || State === "Disabled";
  },
});

async function createMapping(
  desired: PropertiesOf<"AWS::Lambda::EventSourceMapping">,
  context: ResourceContext,
): Promise<EventSourceMappingConfiguration> {
  const { StartingPositionTimestamp: at, ...rest } = desired;
  return context.call("lambda", "CreateEventSourceMapping", {
    ...rest,
    ...(at !== undefined && { StartingPositionTimestamp: new Date(at * 1000) }),
    Tags: tagMap(context.tags(desired.Tags)),
  } as Loose<Input<"lambda", "CreateEventSourceMapping">>);
}

/** The mapping that the step has made before the cloud was stopped: a function has one for a source. */
async function findMade(
  desired: PropertiesOf<"AWS::Lambda::EventSourceMapping">,
  context: ResourceContext,
): Promise<EventSourceMappingConfiguration | undefined> {
  const { EventSourceMappings = [] } = await context.call("lambda", "ListEventSourceMappings", {
    FunctionName: desired.FunctionName,
    EventSourceArn: desired.EventSourceArn,
  });
  return EventSourceMappings.find((mapping) => !context.isOwned(String(mapping.UUID)));
}

function dropped(desired: Properties, before: Properties): Properties {
  const names = Object.keys(before).filter((name) => desired[name] === undefined && Object.hasOwn(DEFAULTS, name));
  return Object.fromEntries(names.map((name) => [name, DEFAULTS[name]]));
}

async function isThere(UUID: string, context: ResourceContext): Promise<boolean> {
  return (
    (await tolerate(context.call("lambda", "GetEventSourceMapping", { UUID }), "ResourceNotFoundException")) !==
    undefined
  );
}

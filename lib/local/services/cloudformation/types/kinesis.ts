import { errorText } from "../../../kit/error-text.ts";
import { PartlyMadeError, type CurrentResource, type PhysicalResource, type ResourceContext } from "./resource-type.ts";
import { putLike } from "./put-like.ts";
import { resource, type PropertiesOf } from "./resource.ts";
import { sameValue, tagMap, tolerate } from "./tolerate.ts";

const DEFAULT_RETENTION_HOURS = 24;
const DEFAULT_RECORD_KIB = 1024;

/** AWS::Kinesis::Stream: its physical id is its name. */
export const kinesisStream = resource("AWS::Kinesis::Stream", {
  tagging: {
    set: (current, tags, context) =>
      context.call("kinesis", "AddTagsToStream", { StreamName: current.physicalId, Tags: tagMap(tags) }),
    remove: (current, TagKeys, context) =>
      context.call("kinesis", "RemoveTagsFromStream", { StreamName: current.physicalId, TagKeys }),
  },
  async create(desired, context) {
    const StreamName = desired.Name ?? context.name({ maxLength: 128 });
    const made = describe(StreamName, context);
    const creation = context.call("kinesis", "CreateStream", {
      StreamName,
      ...(desired.ShardCount !== undefined && { ShardCount: desired.ShardCount }),
      StreamModeDetails: { StreamMode: modeOf(desired) },
      ...(desired.MaxRecordSizeInKiB !== undefined && { MaxRecordSizeInKiB: desired.MaxRecordSizeInKiB }),
      ...(desired.WarmThroughputMiBps !== undefined && { WarmThroughputMiBps: desired.WarmThroughputMiBps }),
      Tags: tagMap(context.tags(desired.Tags)),
    });
    await (context.resumed ? tolerate(creation, "ResourceInUseException") : creation);
    try {
      await change(desired, { ...made, properties: { ...desired, ...UNSET } }, context);
    } catch (error) {
      throw new PartlyMadeError(errorText(error), made, error);
    }
    return made;
  },
  async update(desired, current, context) {
    await change(desired, current, context);
    return describe(current.physicalId, context);
  },
  async delete(current, context) {
    const input = { StreamName: current.physicalId, EnforceConsumerDeletion: true };
    await tolerate(context.call("kinesis", "DeleteStream", input), "ResourceNotFoundException");
  },
  async isStable(current, context) {
    return (await statusOf(current.physicalId, context)) === "ACTIVE";
  },
});

/** AWS::Kinesis::StreamConsumer: its physical id is its ARN. */
export const kinesisStreamConsumer = resource("AWS::Kinesis::StreamConsumer", {
  tagging: {
    set: (current, tags, context) =>
      context.call("kinesis", "TagResource", { ResourceARN: current.physicalId, Tags: tagMap(tags) }),
    remove: (current, TagKeys, context) =>
      context.call("kinesis", "UntagResource", { ResourceARN: current.physicalId, TagKeys }),
  },
  async create(desired, context) {
    const [StreamARN, ConsumerName] = [desired.StreamARN, desired.ConsumerName];
    const Tags = tagMap(context.tags(desired.Tags));
    const register = context.call("kinesis", "RegisterStreamConsumer", { StreamARN, ConsumerName, Tags });
    await (context.resumed ? tolerate(register, "ResourceInUseException") : register);
    const { ConsumerDescription } = await context.call("kinesis", "DescribeStreamConsumer", {
      StreamARN,
      ConsumerName,
    });
    const { ConsumerARN, ConsumerStatus, ConsumerCreationTimestamp } = ConsumerDescription ?? {};
    return {
      physicalId: ConsumerARN,
      attributes: {
        ConsumerARN,
        ConsumerStatus,
        ConsumerName,
        StreamARN,
        ConsumerCreationTimestamp: String(Math.floor((ConsumerCreationTimestamp?.getTime() ?? 0) / 1000)),
      },
    };
  },
  async update(_desired, current) {
    return current;
  },
  async delete(current, context) {
    const gone = context.call("kinesis", "DeregisterStreamConsumer", { ConsumerARN: current.physicalId });
    await tolerate(gone, "ResourceNotFoundException");
  },
  async isStable(current, context) {
    const input = { ConsumerARN: current.physicalId };
    const { ConsumerDescription } = await context.call("kinesis", "DescribeStreamConsumer", input);
    return ConsumerDescription?.ConsumerStatus === "ACTIVE";
  },
});

/** AWS::Kinesis::ResourcePolicy: its physical id is the stream's ARN. */
export const kinesisResourcePolicy = putLike("AWS::Kinesis::ResourcePolicy", {
  name: ({ ResourceArn }) => ResourceArn,
  put: (_arn, { ResourceArn: ResourceARN, ResourcePolicy }, context) =>
    context.call("kinesis", "PutResourcePolicy", { ResourceARN, Policy: JSON.stringify(ResourcePolicy) }),
  remove: (ResourceARN, context) => context.call("kinesis", "DeleteResourcePolicy", { ResourceARN }),
  missing: "ResourceNotFoundException",
});

/** What `CreateStream` does not set: it is brought about as an update is. */
const UNSET = { RetentionPeriodHours: undefined, StreamEncryption: undefined, DesiredShardLevelMetrics: undefined };

/** One change after another: the stream is busy with each for a while. */
async function change(
  desired: PropertiesOf<"AWS::Kinesis::Stream">,
  { physicalId, properties: before }: CurrentResource,
  context: ResourceContext,
) {
  const stream = { StreamName: physicalId };
  const StreamARN = arnOf(physicalId, context);
  const step = async (isDue: boolean, work: () => Promise<unknown>) => {
    if (!isDue) return;
    await untilActive(physicalId, context);
    await work();
  };
  const mode = modeOf(desired);
  await step(mode !== modeOf(before), () =>
    context.call("kinesis", "UpdateStreamMode", { StreamARN, StreamModeDetails: { StreamMode: mode } }),
  );
  const isResharded = mode === "PROVISIONED" && desired.ShardCount !== undefined;
  await step(isResharded && desired.ShardCount !== before.ShardCount, () =>
    context.call("kinesis", "UpdateShardCount", {
      ...stream,
      TargetShardCount: Number(desired.ShardCount),
      ScalingType: "UNIFORM_SCALING",
    }),
  );
  const hoursOf = (each: { readonly RetentionPeriodHours?: unknown }) =>
    Number(each.RetentionPeriodHours ?? DEFAULT_RETENTION_HOURS);
  const hours = hoursOf(desired);
  const hoursBefore = hoursOf(before);
  await step(hours !== hoursBefore, () =>
    context.call("kinesis", hours > hoursBefore ? "IncreaseStreamRetentionPeriod" : "DecreaseStreamRetentionPeriod", {
      ...stream,
      RetentionPeriodHours: hours,
    }),
  );
  const sizeOf = (each: { readonly MaxRecordSizeInKiB?: unknown }) =>
    Number(each.MaxRecordSizeInKiB ?? DEFAULT_RECORD_KIB);
  const size = sizeOf(desired);
  await step(size !== sizeOf(before), () =>
    context.call("kinesis", "UpdateMaxRecordSize", { StreamARN, MaxRecordSizeInKiB: size }),
  );
  await step(!sameValue(desired.StreamEncryption, before.StreamEncryption), () =>
    encrypt(desired, before, context, stream),
  );
  await monitor(desired, before, step, context, stream);
}

type Named = { readonly StreamName: string };

async function encrypt(
  desired: PropertiesOf<"AWS::Kinesis::Stream">,
  before: PropertiesOf<"AWS::Kinesis::Stream">,
  context: ResourceContext,
  stream: Named,
): Promise<void> {
  const of = (properties: PropertiesOf<"AWS::Kinesis::Stream">) => properties.StreamEncryption;
  const [next, last] = [of(desired), of(before)];
  if (next !== undefined) await context.call("kinesis", "StartStreamEncryption", { ...stream, ...next });
  else if (last !== undefined) await context.call("kinesis", "StopStreamEncryption", { ...stream, ...last });
}

async function monitor(
  desired: PropertiesOf<"AWS::Kinesis::Stream">,
  before: PropertiesOf<"AWS::Kinesis::Stream">,
  step: (isDue: boolean, work: () => Promise<unknown>) => Promise<void>,
  context: ResourceContext,
  stream: Named,
): Promise<void> {
  const of = (properties: PropertiesOf<"AWS::Kinesis::Stream">) => properties.DesiredShardLevelMetrics ?? [];
  const on = of(desired).filter((name) => !of(before).includes(name));
  const off = of(before).filter((name) => !of(desired).includes(name));
  await step(on.length > 0, () =>
    context.call("kinesis", "EnableEnhancedMonitoring", { ...stream, ShardLevelMetrics: on }),
  );
  await step(off.length > 0, () =>
    context.call("kinesis", "DisableEnhancedMonitoring", { ...stream, ShardLevelMetrics: off }),
  );
}

/** Recorded from AWS in 2024: a stream without properties is provisioned, with one shard. */
function modeOf(properties: PropertiesOf<"AWS::Kinesis::Stream">): string {
  const details = properties.StreamModeDetails;
  return details?.StreamMode ?? "PROVISIONED";
}

async function untilActive(name: string, context: ResourceContext): Promise<void> {
  for (let waitMs = 5; (await statusOf(name, context)) !== "ACTIVE"; waitMs = Math.min(waitMs * 2, 50)) {
    await new Promise((resolve) => setTimeout(resolve, waitMs));
    context.signal.throwIfAborted();
  }
}

async function statusOf(StreamName: string, context: ResourceContext): Promise<string | undefined> {
  const { StreamDescriptionSummary } = await context.call("kinesis", "DescribeStreamSummary", { StreamName });
  return StreamDescriptionSummary?.StreamStatus;
}

function arnOf(name: string, { region, account }: ResourceContext): string {
  return `arn:aws:kinesis:${region}:${account}:stream/${name}`;
}

function describe(name: string, context: ResourceContext): PhysicalResource {
  return { physicalId: name, attributes: { Arn: arnOf(name, context) } };
}

import type { Input } from "../../../kit/operation-types.ts";
import type { Loose, PhysicalResource, ResourceContext } from "./resource-type.ts";
import { resource, type PropertiesOf } from "./resource.ts";
import { pick, tolerate } from "./tolerate.ts";

const LONGEST_NAME = 64;

/** AWS::Scheduler::Schedule: its physical id is its name, which is its own within its group only. */
export const schedule = resource("AWS::Scheduler::Schedule", {
  async create(desired, context) {
    const Name = nameOf(desired, context);
    // The token is the same for every try, so that a step that is resumed finds what it made.
    const input = { ...settingsOf(Name, desired), ClientToken: context.requestToken };
    const { ScheduleArn } = await context.call("scheduler", "CreateSchedule", input);
    return { physicalId: Name, attributes: { Arn: ScheduleArn } };
  },
  async update(desired, current, context) {
    const Name = current.physicalId;
    const { ScheduleArn } = await context.call("scheduler", "UpdateSchedule", settingsOf(Name, desired));
    return { physicalId: Name, attributes: { Arn: ScheduleArn } };
  },
  async delete(current, context) {
    const input = { Name: current.physicalId, GroupName: current.properties.GroupName };
    await tolerate(context.call("scheduler", "DeleteSchedule", input), "ResourceNotFoundException");
  },
  // A schedule cannot be moved to another group.
  replaces: (desired, current) => groupOf(desired) !== groupOf(current.properties),
});

/** AWS::Scheduler::ScheduleGroup */
export const scheduleGroup = resource("AWS::Scheduler::ScheduleGroup", {
  tagging: {
    set: (current, tags, context) =>
      context.call("scheduler", "TagResource", { ResourceArn: String(current.attributes?.Arn), Tags: [...tags] }),
    remove: (current, TagKeys, context) =>
      context.call("scheduler", "UntagResource", { ResourceArn: String(current.attributes?.Arn), TagKeys }),
  },
  async create(desired, context) {
    const Name = nameOf(desired, context);
    const input = { Name, Tags: context.plainTags(desired.Tags), ClientToken: context.requestToken };
    await context.call("scheduler", "CreateScheduleGroup", input);
    return describeGroup(Name, context);
  },
  async update(_desired, current, context) {
    return describeGroup(current.physicalId, context);
  },
  async delete(current, context) {
    const deletion = context.call("scheduler", "DeleteScheduleGroup", { Name: current.physicalId });
    await tolerate(deletion, "ResourceNotFoundException");
  },
});

function nameOf(desired: { readonly Name?: string }, context: ResourceContext): string {
  return desired.Name ?? context.name({ maxLength: LONGEST_NAME });
}

function groupOf(properties: { readonly GroupName?: string }): string {
  return properties.GroupName ?? "default";
}

const SETTINGS = [
  "Description",
  "FlexibleTimeWindow",
  "GroupName",
  "KmsKeyArn",
  "ScheduleExpression",
  "ScheduleExpressionTimezone",
  "State",
  "Target",
] as const;

function settingsOf(
  Name: string,
  desired: PropertiesOf<"AWS::Scheduler::Schedule">,
): Loose<Input<"scheduler", "CreateSchedule">> {
  const settings = {
    ...pick(desired, SETTINGS),
    Name,
    StartDate: dateOf(desired.StartDate),
    EndDate: dateOf(desired.EndDate),
  };
  return settings as Loose<Input<"scheduler", "CreateSchedule">>;
}

/** Templates write dates as text, in UTC where they do not say. */
function dateOf(text: unknown): Date | undefined {
  if (typeof text !== "string") return undefined;
  return new Date(/(Z|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text}Z`);
}

async function describeGroup(Name: string, context: ResourceContext): Promise<PhysicalResource> {
  const { Arn, State, CreationDate, LastModificationDate } = await context.call("scheduler", "GetScheduleGroup", {
    Name,
  });
  const dates = {
    CreationDate: CreationDate?.toISOString(),
    LastModificationDate: LastModificationDate?.toISOString(),
  };
  return { physicalId: Name, attributes: { Arn, State, ...dates } };
}

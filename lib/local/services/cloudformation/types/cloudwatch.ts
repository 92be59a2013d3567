import type { PutCompositeAlarmCommandInput } from "@aws-sdk/client-cloudwatch";
import type { PhysicalResource, Properties, ResourceContext, ResourceType } from "./resource-type.ts";

/** AWS::CloudWatch::Alarm */
export const cloudwatchAlarm: ResourceType = {
  type: "AWS::CloudWatch::Alarm",
  tagging: {
    set: (current, tags, context) =>
      context.call("cloudwatch", "TagResource", { ResourceARN: String(current.attributes?.Arn), Tags: [...tags] }),
    remove: (current, TagKeys, context) =>
      context.call("cloudwatch", "UntagResource", { ResourceARN: String(current.attributes?.Arn), TagKeys }),
  },
  async create(desired, context) {
    const AlarmName = (desired.AlarmName as string | undefined) ?? context.name({ maxLength: 255 });
    await putAlarm(AlarmName, desired, context);
    return physical(AlarmName, context);
  },
  async update(desired, current, context) {
    await putAlarm(current.physicalId, desired, context);
    return current;
  },
  async delete(current, context) {
    await context.call("cloudwatch", "DeleteAlarms", { AlarmNames: [current.physicalId] });
  },
};

async function putAlarm(AlarmName: string, desired: Properties, context: ResourceContext): Promise<void> {
  const input = { ...desired, AlarmName, Tags: context.tags(desired.Tags) };
  await context.call("cloudwatch", "PutMetricAlarm", input);
}

function physical(AlarmName: string, { region, account }: ResourceContext): PhysicalResource {
  return { physicalId: AlarmName, attributes: { Arn: `arn:aws:cloudwatch:${region}:${account}:alarm:${AlarmName}` } };
}

/** AWS::CloudWatch::CompositeAlarm */
export const cloudwatchCompositeAlarm: ResourceType = {
  type: "AWS::CloudWatch::CompositeAlarm",
  tagging: {
    set: (current, tags, context) =>
      context.call("cloudwatch", "TagResource", { ResourceARN: String(current.attributes?.Arn), Tags: [...tags] }),
    remove: (current, TagKeys, context) =>
      context.call("cloudwatch", "UntagResource", { ResourceARN: String(current.attributes?.Arn), TagKeys }),
  },
  async create(desired, context) {
    const AlarmName = (desired.AlarmName as string | undefined) ?? context.name({ maxLength: 255 });
    await putComposite(AlarmName, desired, context);
    return physical(AlarmName, context);
  },
  async update(desired, current, context) {
    await putComposite(current.physicalId, desired, context);
    return current;
  },
  async delete(current, context) {
    await context.call("cloudwatch", "DeleteAlarms", { AlarmNames: [current.physicalId] });
  },
};

async function putComposite(AlarmName: string, desired: Properties, context: ResourceContext): Promise<void> {
  const input = { ...desired, AlarmName, Tags: context.tags(desired.Tags) };
  await context.call("cloudwatch", "PutCompositeAlarm", input as unknown as PutCompositeAlarmCommandInput);
}

/** AWS::CloudWatch::Dashboard */
export const cloudwatchDashboard: ResourceType = {
  type: "AWS::CloudWatch::Dashboard",
  async create(desired, context) {
    const DashboardName = (desired.DashboardName as string | undefined) ?? context.name({ maxLength: 255 });
    await context.call("cloudwatch", "PutDashboard", { DashboardName, DashboardBody: String(desired.DashboardBody) });
    return { physicalId: DashboardName };
  },
  async update(desired, current, context) {
    const DashboardName = current.physicalId;
    await context.call("cloudwatch", "PutDashboard", { DashboardName, DashboardBody: String(desired.DashboardBody) });
    return current;
  },
  async delete(current, context) {
    await context.call("cloudwatch", "DeleteDashboards", { DashboardNames: [current.physicalId] });
  },
};

import { putLike } from "./put-like.ts";
import type { ResourceContext, Tagging } from "./resource-type.ts";

const LONGEST_NAME = 255;

const arnOf = (name: string, { region, account }: ResourceContext) =>
  `arn:aws:cloudwatch:${region}:${account}:alarm:${name}`;

const tagging: Tagging = {
  set: ({ physicalId }, Tags, context) =>
    context.call("cloudwatch", "TagResource", { ResourceARN: arnOf(physicalId, context), Tags }),
  remove: ({ physicalId }, TagKeys, context) =>
    context.call("cloudwatch", "UntagResource", { ResourceARN: arnOf(physicalId, context), TagKeys }),
};

/** AWS::CloudWatch::Alarm */
export const cloudwatchAlarm = putLike("AWS::CloudWatch::Alarm", {
  name: ({ AlarmName }, context) => AlarmName ?? context.name({ maxLength: LONGEST_NAME }),
  put: (AlarmName, desired, context) =>
    context.call("cloudwatch", "PutMetricAlarm", { ...desired, AlarmName, Tags: context.tags(desired.Tags) }),
  remove: (name, context) => context.call("cloudwatch", "DeleteAlarms", { AlarmNames: [name] }),
  attributes: (name, context) => ({ Arn: arnOf(name, context) }),
  tagging,
});

/** AWS::CloudWatch::CompositeAlarm */
export const cloudwatchCompositeAlarm = putLike("AWS::CloudWatch::CompositeAlarm", {
  name: ({ AlarmName }, context) => AlarmName ?? context.name({ maxLength: LONGEST_NAME }),
  put: (AlarmName, desired, context) =>
    context.call("cloudwatch", "PutCompositeAlarm", { ...desired, AlarmName, Tags: context.tags(desired.Tags) }),
  remove: (name, context) => context.call("cloudwatch", "DeleteAlarms", { AlarmNames: [name] }),
  attributes: (name, context) => ({ Arn: arnOf(name, context) }),
  tagging,
});

/** AWS::CloudWatch::Dashboard */
export const cloudwatchDashboard = putLike("AWS::CloudWatch::Dashboard", {
  name: ({ DashboardName }, context) => DashboardName ?? context.name({ maxLength: LONGEST_NAME }),
  put: (DashboardName, { DashboardBody }, context) =>
    context.call("cloudwatch", "PutDashboard", { DashboardName, DashboardBody }),
  remove: (name, context) => context.call("cloudwatch", "DeleteDashboards", { DashboardNames: [name] }),
});

import { isAwsError } from "../../../aws-error.ts";
import type { CurrentResource, ResourceContext } from "./resource-type.ts";
import { putLike } from "./put-like.ts";
import { resource, type PropertiesOf } from "./resource.ts";
import { tagMap, tolerate } from "./tolerate.ts";

/** AWS::Logs::LogGroup */
export const logGroup = resource("AWS::Logs::LogGroup", {
  tagging: {
    set: (current, tags, context) =>
      context.call("cloudwatch-logs", "TagResource", { resourceArn: arnOf(current), tags: tagMap(tags) }),
    remove: (current, tagKeys, context) =>
      context.call("cloudwatch-logs", "UntagResource", { resourceArn: arnOf(current), tagKeys }),
  },
  async create(desired, context) {
    const logGroupName = desired.LogGroupName ?? context.name({ maxLength: 512 });
    try {
      await context.call("cloudwatch-logs", "CreateLogGroup", {
        logGroupName,
        kmsKeyId: desired.KmsKeyId,
        logGroupClass: desired.LogGroupClass,
        tags: tagMap(context.tags(desired.Tags)),
      });
    } catch (error) {
      if (!context.resumed || !isAwsError(error, "ResourceAlreadyExistsException")) throw error;
    }
    await applyRetention(logGroupName, desired, context);
    return {
      physicalId: logGroupName,
      attributes: { Arn: `arn:aws:logs:${context.region}:${context.account}:log-group:${logGroupName}:*` },
    };
  },
  async update(desired, current, context) {
    if (desired.RetentionInDays !== current.properties.RetentionInDays)
      await applyRetention(current.physicalId, desired, context);
    return current;
  },
  async delete(current, context) {
    await tolerate(
      context.call("cloudwatch-logs", "DeleteLogGroup", { logGroupName: current.physicalId }),
      "ResourceNotFoundException",
    );
  },
});

async function applyRetention(
  logGroupName: string,
  desired: PropertiesOf<"AWS::Logs::LogGroup">,
  context: ResourceContext,
): Promise<void> {
  const retentionInDays = desired.RetentionInDays;
  if (retentionInDays !== undefined) {
    await context.call("cloudwatch-logs", "PutRetentionPolicy", { logGroupName, retentionInDays });
  } else
    await tolerate(
      context.call("cloudwatch-logs", "DeleteRetentionPolicy", { logGroupName }),
      "ResourceNotFoundException",
    );
}

/** AWS::Logs::LogStream */
export const logStream = resource("AWS::Logs::LogStream", {
  async create(desired, context) {
    const logStreamName = desired.LogStreamName ?? context.name({ maxLength: 512 });
    try {
      await context.call("cloudwatch-logs", "CreateLogStream", {
        logGroupName: desired.LogGroupName,
        logStreamName,
      });
    } catch (error) {
      if (!context.resumed || !isAwsError(error, "ResourceAlreadyExistsException")) throw error;
    }
    return { physicalId: logStreamName };
  },
  async delete(current, context) {
    const logGroupName = current.properties.LogGroupName;
    await tolerate(
      context.call("cloudwatch-logs", "DeleteLogStream", { logGroupName, logStreamName: current.physicalId }),
      "ResourceNotFoundException",
    );
  },
});

/** AWS::Logs::SubscriptionFilter */
export const subscriptionFilter = putLike("AWS::Logs::SubscriptionFilter", {
  name: ({ FilterName }, context) => FilterName ?? context.name({ maxLength: 512 }),
  put: (filterName, desired, context) =>
    context.call("cloudwatch-logs", "PutSubscriptionFilter", {
      filterName,
      logGroupName: desired.LogGroupName,
      filterPattern: desired.FilterPattern,
      destinationArn: desired.DestinationArn,
      roleArn: desired.RoleArn,
      distribution: desired.Distribution,
    }),
  remove: (filterName, context, { LogGroupName: logGroupName }) =>
    context.call("cloudwatch-logs", "DeleteSubscriptionFilter", { logGroupName, filterName }),
  missing: "ResourceNotFoundException",
});

/** AWS::Logs::ResourcePolicy */
export const logResourcePolicy = putLike("AWS::Logs::ResourcePolicy", {
  name: ({ PolicyName }) => PolicyName,
  put: (policyName, { PolicyDocument }, context) =>
    context.call("cloudwatch-logs", "PutResourcePolicy", {
      policyName,
      policyDocument: typeof PolicyDocument === "string" ? PolicyDocument : JSON.stringify(PolicyDocument),
    }),
  remove: (policyName, context) => context.call("cloudwatch-logs", "DeleteResourcePolicy", { policyName }),
  missing: "ResourceNotFoundException",
});

/** AWS::Logs::MetricFilter */
export const metricFilter = putLike("AWS::Logs::MetricFilter", {
  name: ({ FilterName }, context) => FilterName ?? context.name({ maxLength: 512 }),
  put: (filterName, desired, context) =>
    context.call("cloudwatch-logs", "PutMetricFilter", {
      filterName,
      logGroupName: desired.LogGroupName,
      filterPattern: desired.FilterPattern,
      metricTransformations: desired.MetricTransformations.map((item) => ({
        metricName: item.MetricName,
        metricNamespace: item.MetricNamespace,
        metricValue: item.MetricValue,
        defaultValue: item.DefaultValue,
        unit: item.Unit,
        dimensions: item.Dimensions && tagMap(item.Dimensions),
      })),
    }),
  remove: (filterName, context, { LogGroupName: logGroupName }) =>
    context.call("cloudwatch-logs", "DeleteMetricFilter", { logGroupName, filterName }),
  missing: "ResourceNotFoundException",
});

/** The ARN that the tag operations take: without the `:*` of `Fn::GetAtt`. */
function arnOf({ attributes }: CurrentResource): string {
  return String(attributes?.Arn).replace(/:\*$/, "");
}

import { isAwsError } from "../../../aws-error.ts";
import type { CurrentResource, ResourceContext } from "./resource-type.ts";
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
export const subscriptionFilter = resource("AWS::Logs::SubscriptionFilter", {
  async create(desired, context) {
    const filterName = desired.FilterName ?? context.name({ maxLength: 512 });
    await putSubscription(filterName, desired, context);
    return { physicalId: filterName };
  },
  async update(desired, current, context) {
    await putSubscription(current.physicalId, desired, context);
    return current;
  },
  async delete(current, context) {
    const logGroupName = current.properties.LogGroupName;
    await tolerate(
      context.call("cloudwatch-logs", "DeleteSubscriptionFilter", { logGroupName, filterName: current.physicalId }),
      "ResourceNotFoundException",
    );
  },
});

async function putSubscription(
  filterName: string,
  desired: PropertiesOf<"AWS::Logs::SubscriptionFilter">,
  context: ResourceContext,
): Promise<void> {
  await context.call("cloudwatch-logs", "PutSubscriptionFilter", {
    filterName,
    logGroupName: desired.LogGroupName,
    filterPattern: desired.FilterPattern,
    destinationArn: desired.DestinationArn,
    roleArn: desired.RoleArn,
    distribution: desired.Distribution,
  });
}

/** AWS::Logs::ResourcePolicy */
export const logResourcePolicy = resource("AWS::Logs::ResourcePolicy", {
  async create(desired, context) {
    const { PolicyName, PolicyDocument } = desired;
    await context.call("cloudwatch-logs", "PutResourcePolicy", {
      policyName: PolicyName,
      policyDocument: typeof PolicyDocument === "string" ? PolicyDocument : JSON.stringify(PolicyDocument),
    });
    return { physicalId: PolicyName };
  },
  async update(desired, current, context) {
    const policyDocument = String(desired.PolicyDocument);
    await context.call("cloudwatch-logs", "PutResourcePolicy", { policyName: current.physicalId, policyDocument });
    return current;
  },
  async delete(current, context) {
    const call = context.call("cloudwatch-logs", "DeleteResourcePolicy", { policyName: current.physicalId });
    await tolerate(call, "ResourceNotFoundException");
  },
});

/** AWS::Logs::MetricFilter */
export const metricFilter = resource("AWS::Logs::MetricFilter", {
  async create(desired, context) {
    const filterName = desired.FilterName ?? context.name({ maxLength: 512 });
    await putMetricFilter(filterName, desired, context);
    return { physicalId: filterName };
  },
  async update(desired, current, context) {
    await putMetricFilter(current.physicalId, desired, context);
    return current;
  },
  async delete(current, context) {
    const logGroupName = current.properties.LogGroupName;
    await tolerate(
      context.call("cloudwatch-logs", "DeleteMetricFilter", { logGroupName, filterName: current.physicalId }),
      "ResourceNotFoundException",
    );
  },
});

async function putMetricFilter(
  filterName: string,
  desired: PropertiesOf<"AWS::Logs::MetricFilter">,
  context: ResourceContext,
): Promise<void> {
  await context.call("cloudwatch-logs", "PutMetricFilter", {
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
  });
}

/** The ARN that the tag operations take: without the `:*` of `Fn::GetAtt`. */
function arnOf({ attributes }: CurrentResource): string {
  return String(attributes?.Arn).replace(/:\*$/, "");
}

import type { PutSubscriptionFilterCommandInput } from "@aws-sdk/client-cloudwatch-logs";
import { isAwsError } from "../../../aws-error.ts";
import type { CurrentResource, Properties, ResourceContext, ResourceType } from "./resource-type.ts";
import { tagMap, tolerate } from "./tolerate.ts";

/** AWS::Logs::LogGroup */
export const logGroup: ResourceType = {
  type: "AWS::Logs::LogGroup",
  tagging: {
    set: (current, tags, context) =>
      context.call("cloudwatch-logs", "TagResource", { resourceArn: arnOf(current), tags: tagMap(tags) }),
    remove: (current, tagKeys, context) =>
      context.call("cloudwatch-logs", "UntagResource", { resourceArn: arnOf(current), tagKeys }),
  },
  async create(desired, context) {
    const logGroupName = (desired.LogGroupName as string | undefined) ?? context.name({ maxLength: 512 });
    try {
      await context.call("cloudwatch-logs", "CreateLogGroup", {
        logGroupName,
        kmsKeyId: desired.KmsKeyId as string | undefined,
        logGroupClass: desired.LogGroupClass as "STANDARD" | undefined,
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
};

async function applyRetention(logGroupName: string, desired: Properties, context: ResourceContext): Promise<void> {
  const retentionInDays = desired.RetentionInDays as number | undefined;
  if (retentionInDays !== undefined) {
    await context.call("cloudwatch-logs", "PutRetentionPolicy", { logGroupName, retentionInDays });
  } else
    await tolerate(
      context.call("cloudwatch-logs", "DeleteRetentionPolicy", { logGroupName }),
      "ResourceNotFoundException",
    );
}

/** AWS::Logs::LogStream */
export const logStream: ResourceType = {
  type: "AWS::Logs::LogStream",
  async create(desired, context) {
    const logStreamName = (desired.LogStreamName as string | undefined) ?? context.name({ maxLength: 512 });
    try {
      await context.call("cloudwatch-logs", "CreateLogStream", {
        logGroupName: String(desired.LogGroupName),
        logStreamName,
      });
    } catch (error) {
      if (!context.resumed || !isAwsError(error, "ResourceAlreadyExistsException")) throw error;
    }
    return { physicalId: logStreamName };
  },
  async delete(current, context) {
    const logGroupName = String(current.properties.LogGroupName);
    await tolerate(
      context.call("cloudwatch-logs", "DeleteLogStream", { logGroupName, logStreamName: current.physicalId }),
      "ResourceNotFoundException",
    );
  },
};

/** AWS::Logs::SubscriptionFilter */
export const subscriptionFilter: ResourceType = {
  type: "AWS::Logs::SubscriptionFilter",
  async create(desired, context) {
    const filterName = (desired.FilterName as string | undefined) ?? context.name({ maxLength: 512 });
    await putSubscription(filterName, desired, context);
    return { physicalId: filterName };
  },
  async update(desired, current, context) {
    await putSubscription(current.physicalId, desired, context);
    return current;
  },
  async delete(current, context) {
    const logGroupName = String(current.properties.LogGroupName);
    await tolerate(
      context.call("cloudwatch-logs", "DeleteSubscriptionFilter", { logGroupName, filterName: current.physicalId }),
      "ResourceNotFoundException",
    );
  },
};

async function putSubscription(filterName: string, desired: Properties, context: ResourceContext): Promise<void> {
  await context.call("cloudwatch-logs", "PutSubscriptionFilter", {
    filterName,
    logGroupName: desired.LogGroupName,
    filterPattern: desired.FilterPattern,
    destinationArn: desired.DestinationArn,
    roleArn: desired.RoleArn,
    distribution: desired.Distribution,
  } as PutSubscriptionFilterCommandInput);
}

/** AWS::Logs::ResourcePolicy */
export const logResourcePolicy: ResourceType = {
  type: "AWS::Logs::ResourcePolicy",
  async create(desired, context) {
    const { PolicyName, PolicyDocument } = desired as { PolicyName: string; PolicyDocument: string };
    await context.call("cloudwatch-logs", "PutResourcePolicy", {
      policyName: PolicyName,
      policyDocument: PolicyDocument,
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
};

/** AWS::Logs::MetricFilter */
export const metricFilter: ResourceType = {
  type: "AWS::Logs::MetricFilter",
  async create(desired, context) {
    const filterName = (desired.FilterName as string | undefined) ?? context.name({ maxLength: 512 });
    await putMetricFilter(filterName, desired, context);
    return { physicalId: filterName };
  },
  async update(desired, current, context) {
    await putMetricFilter(current.physicalId, desired, context);
    return current;
  },
  async delete(current, context) {
    const logGroupName = String(current.properties.LogGroupName);
    await tolerate(
      context.call("cloudwatch-logs", "DeleteMetricFilter", { logGroupName, filterName: current.physicalId }),
      "ResourceNotFoundException",
    );
  },
};

interface MetricTransformation {
  readonly MetricName: string;
  readonly MetricNamespace: string;
  readonly MetricValue: string;
  readonly DefaultValue?: number;
  readonly Unit?: "Count";
  readonly Dimensions?: readonly { readonly Key: string; readonly Value: string }[];
}

async function putMetricFilter(filterName: string, desired: Properties, context: ResourceContext): Promise<void> {
  await context.call("cloudwatch-logs", "PutMetricFilter", {
    filterName,
    logGroupName: String(desired.LogGroupName),
    filterPattern: String(desired.FilterPattern),
    metricTransformations: (desired.MetricTransformations as MetricTransformation[]).map((item) => ({
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

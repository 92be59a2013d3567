import type { LoggingConfiguration, StateMachineType } from "@aws-sdk/client-sfn";
import { AwsError, isAwsError } from "../../../aws-error.ts";
import type { Properties, ResourceContext, ResourceType, Tag } from "./resource-type.ts";
import { tolerate } from "./tolerate.ts";

/** AWS::StepFunctions::StateMachine: its definition as text, as an object, or as an object in S3, with substitutions. */
export const stateMachine: ResourceType = {
  type: "AWS::StepFunctions::StateMachine",
  tagging: {
    set: (current, tags, context) =>
      context.call("sfn", "TagResource", { resourceArn: current.physicalId, tags: lowerCase(tags) }),
    remove: (current, tagKeys, context) =>
      context.call("sfn", "UntagResource", { resourceArn: current.physicalId, tagKeys }),
  },
  async create(desired, context) {
    const name = (desired.StateMachineName as string | undefined) ?? context.name({ maxLength: 80 });
    const made = await context.call("sfn", "CreateStateMachine", {
      name,
      type: desired.StateMachineType as StateMachineType | undefined,
      definition: await definitionOf(desired, context),
      roleArn: String(desired.RoleArn),
      ...configurationOf(desired),
      tags: tagsOf(desired, context),
    });
    return describeMachine(made.stateMachineArn!, context);
  },
  async update(desired, current, context) {
    const arn = current.physicalId;
    await context.call("sfn", "UpdateStateMachine", {
      stateMachineArn: arn,
      definition: await definitionOf(desired, context),
      roleArn: String(desired.RoleArn),
      ...configurationOf(desired),
    });
    return describeMachine(arn, context);
  },
  async delete(current, context) {
    await context.call("sfn", "DeleteStateMachine", { stateMachineArn: current.physicalId });
  },
};

/** AWS::StepFunctions::StateMachineVersion: what it names never changes. */
export const stateMachineVersion: ResourceType = {
  type: "AWS::StepFunctions::StateMachineVersion",
  async create(desired, context) {
    const stateMachineArn = String(desired.StateMachineArn);
    const before = context.resumed ? new Set<string>() : await versionsOf(stateMachineArn, context);
    const { stateMachineVersionArn: arn = "" } = await context.call("sfn", "PublishStateMachineVersion", {
      stateMachineArn,
      description: desired.Description as string | undefined,
    });
    if (before.has(arn)) {
      throw new AwsError(
        "AlreadyExists",
        `Resource of type 'AWS::StepFunctions::StateMachineVersion' with identifier '${arn}' already exists.`,
      );
    }
    return { physicalId: arn, attributes: { Arn: arn } };
  },
  async delete(current, context) {
    await context.call("sfn", "DeleteStateMachineVersion", { stateMachineVersionArn: current.physicalId });
  },
};

/**
 * AWS::StepFunctions::StateMachineAlias. As on AWS, an update hands over every property of the template, so an alias
 * that was moved elsewhere goes back to the routing in its properties.
 */
export const stateMachineAlias: ResourceType = {
  type: "AWS::StepFunctions::StateMachineAlias",
  async create(desired, context) {
    const routingConfiguration = routingOf(desired);
    const name = (desired.Name as string | undefined) ?? context.name({ maxLength: 80 });
    const description = desired.Description as string | undefined;
    const arn = await createAlias({ name, description, routingConfiguration }, context);
    return { physicalId: arn, attributes: { Arn: arn } };
  },
  async update(desired, current, context) {
    await context.call("sfn", "UpdateStateMachineAlias", {
      stateMachineAliasArn: current.physicalId,
      routingConfiguration: routingOf(desired),
      description: (desired.Description as string | undefined) ?? "",
    });
    return { physicalId: current.physicalId, attributes: { Arn: current.physicalId } };
  },
  async delete(current, context) {
    await context.call("sfn", "DeleteStateMachineAlias", { stateMachineAliasArn: current.physicalId });
  },
  validate(desired) {
    return desired.DeploymentPreference !== undefined &&
      (desired.DeploymentPreference as Properties).Type !== "ALL_AT_ONCE"
      ? ["The local cloud moves a StateMachineAlias all at once: DeploymentPreference takes ALL_AT_ONCE here"]
      : [];
  },
};

/** AWS::StepFunctions::Activity. */
export const activity: ResourceType = {
  type: "AWS::StepFunctions::Activity",
  tagging: {
    set: (current, tags, context) =>
      context.call("sfn", "TagResource", { resourceArn: current.physicalId, tags: lowerCase(tags) }),
    remove: (current, tagKeys, context) =>
      context.call("sfn", "UntagResource", { resourceArn: current.physicalId, tagKeys }),
  },
  async create(desired, context) {
    const name = String(desired.Name);
    const { activityArn: arn = "" } = await context.call("sfn", "CreateActivity", {
      name,
      tags: tagsOf(desired, context),
    });
    return { physicalId: arn, attributes: { Arn: arn, Name: name } };
  },
  async update(desired, current) {
    return { physicalId: current.physicalId, attributes: { Arn: current.physicalId, Name: String(desired.Name) } };
  },
  async delete(current, context) {
    await tolerate(context.call("sfn", "DeleteActivity", { activityArn: current.physicalId }), "ActivityDoesNotExist");
  },
};

async function describeMachine(arn: string, context: ResourceContext) {
  const { name, revisionId = "INITIAL" } = await context.call("sfn", "DescribeStateMachine", { stateMachineArn: arn });
  return { physicalId: arn, attributes: { Arn: arn, Name: name, StateMachineRevisionId: revisionId } };
}

async function definitionOf(desired: Properties, context: ResourceContext): Promise<string> {
  const text = await definitionText(desired, context);
  const substitutions = (desired.DefinitionSubstitutions as Record<string, unknown> | undefined) ?? {};
  return text.replaceAll(/\$\{([^}]+)\}/g, (found, name: string) =>
    Object.hasOwn(substitutions, name) ? String(substitutions[name]) : found,
  );
}

async function definitionText(desired: Properties, context: ResourceContext): Promise<string> {
  if (desired.DefinitionString !== undefined) return desired.DefinitionString as string;
  if (desired.Definition !== undefined) return JSON.stringify(desired.Definition);
  const { Bucket, Key, Version } = (desired.DefinitionS3Location ?? {}) as Record<string, string | undefined>;
  if (Bucket === undefined) {
    throw new AwsError("InvalidDefinition", "One of DefinitionString, Definition and DefinitionS3Location is required");
  }
  const { Body } = await context.call("s3", "GetObject", { Bucket, Key, VersionId: Version });
  const chunks: Buffer[] = [];
  for await (const chunk of Body as unknown as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

interface Logging {
  readonly Level?: LoggingConfiguration["level"];
  readonly IncludeExecutionData?: boolean | string;
  readonly Destinations?: readonly { readonly CloudWatchLogsLogGroup?: { readonly LogGroupArn?: string } }[];
}

function configurationOf(desired: Properties) {
  const logging = desired.LoggingConfiguration as Logging | undefined;
  const tracing = desired.TracingConfiguration as { Enabled?: boolean | string } | undefined;
  return {
    loggingConfiguration: {
      level: logging?.Level ?? ("OFF" as const),
      includeExecutionData: String(logging?.IncludeExecutionData ?? false) === "true",
      ...(logging?.Destinations !== undefined && {
        destinations: logging.Destinations.map(({ CloudWatchLogsLogGroup }) => ({
          cloudWatchLogsLogGroup: { logGroupArn: CloudWatchLogsLogGroup?.LogGroupArn },
        })),
      }),
    },
    tracingConfiguration: { enabled: String(tracing?.Enabled ?? false) === "true" },
  };
}

function tagsOf(desired: Properties, context: ResourceContext): { key: string; value: string }[] {
  return lowerCase(context.tags(desired.Tags));
}

function lowerCase(tags: readonly Tag[]): { key: string; value: string }[] {
  return tags.map(({ Key, Value }) => ({ key: Key, value: Value }));
}

async function versionsOf(stateMachineArn: string, context: ResourceContext): Promise<Set<string>> {
  const found = new Set<string>();
  let nextToken: string | undefined;
  do {
    const page = await context.call("sfn", "ListStateMachineVersions", { stateMachineArn, nextToken });
    for (const version of page.stateMachineVersions ?? []) found.add(version.stateMachineVersionArn!);
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return found;
}

interface NewAlias {
  readonly name: string;
  readonly description: string | undefined;
  readonly routingConfiguration: { stateMachineVersionArn: string; weight: number }[];
}

async function createAlias(alias: NewAlias, context: ResourceContext): Promise<string> {
  try {
    return (await context.call("sfn", "CreateStateMachineAlias", alias)).stateMachineAliasArn!;
  } catch (error) {
    if (!context.resumed || !isAwsError(error, "ConflictException")) throw error;
    const [first] = alias.routingConfiguration;
    return `${first!.stateMachineVersionArn.replace(/:\d+$/, "")}:${alias.name}`;
  }
}

function routingOf(desired: Properties): { stateMachineVersionArn: string; weight: number }[] {
  const preference = desired.DeploymentPreference as { StateMachineVersionArn?: string } | undefined;
  if (preference?.StateMachineVersionArn !== undefined) {
    return [{ stateMachineVersionArn: preference.StateMachineVersionArn, weight: 100 }];
  }
  const routes = (desired.RoutingConfiguration ?? []) as { StateMachineVersionArn: string; Weight: number }[];
  return routes.map(({ StateMachineVersionArn, Weight }) => ({
    stateMachineVersionArn: StateMachineVersionArn,
    weight: Weight,
  }));
}

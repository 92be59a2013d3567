import { AwsError, isAwsError } from "../../../aws-error.ts";
import type { Properties, ResourceContext, Tag } from "./resource-type.ts";
import { resource, type PropertiesOf } from "./resource.ts";
import { tolerate } from "./tolerate.ts";

type Machine = PropertiesOf<"AWS::StepFunctions::StateMachine">;

/** AWS::StepFunctions::StateMachine: its definition as text, as an object, or as an object in S3, with substitutions. */
export const stateMachine = resource("AWS::StepFunctions::StateMachine", {
  tagging: {
    set: (current, tags, context) =>
      context.call("sfn", "TagResource", { resourceArn: current.physicalId, tags: lowerCase(tags) }),
    remove: (current, tagKeys, context) =>
      context.call("sfn", "UntagResource", { resourceArn: current.physicalId, tagKeys }),
  },
  async create(desired, context) {
    const name = desired.StateMachineName ?? context.name({ maxLength: 80, withoutStack: true });
    const made = await context.call("sfn", "CreateStateMachine", {
      name,
      type: desired.StateMachineType,
      definition: await definitionOf(desired, context),
      roleArn: desired.RoleArn,
      ...configurationOf(desired),
      tags: tagsOf(desired, context),
    });
    return describeMachine(made.stateMachineArn, context);
  },
  async update(desired, current, context) {
    const arn = current.physicalId;
    await context.call("sfn", "UpdateStateMachine", {
      stateMachineArn: arn,
      definition: await definitionOf(desired, context),
      roleArn: desired.RoleArn,
      ...configurationOf(desired),
    });
    return describeMachine(arn, context);
  },
  async delete(current, context) {
    await context.call("sfn", "DeleteStateMachine", { stateMachineArn: current.physicalId });
  },
});

/** AWS::StepFunctions::StateMachineVersion: what it names never changes. */
export const stateMachineVersion = resource("AWS::StepFunctions::StateMachineVersion", {
  async create(desired, context) {
    const stateMachineArn = desired.StateMachineArn;
    const before = context.resumed ? new Set<string>() : await versionsOf(stateMachineArn, context);
    const { stateMachineVersionArn: arn } = await context.call("sfn", "PublishStateMachineVersion", {
      stateMachineArn,
      description: desired.Description,
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
});

/**
 * AWS::StepFunctions::StateMachineAlias. As on AWS, an update sends every property of the template, so an alias that
 * was moved elsewhere returns to the routing in its properties.
 */
export const stateMachineAlias = resource("AWS::StepFunctions::StateMachineAlias", {
  async create(desired, context) {
    const routingConfiguration = routingOf(desired);
    const name = desired.Name ?? context.name({ maxLength: 80 });
    const description = desired.Description;
    const arn = await createAlias({ name, description, routingConfiguration }, context);
    return { physicalId: arn, attributes: { Arn: arn } };
  },
  async update(desired, current, context) {
    await context.call("sfn", "UpdateStateMachineAlias", {
      stateMachineAliasArn: current.physicalId,
      routingConfiguration: routingOf(desired),
      description: desired.Description ?? "",
    });
    return { physicalId: current.physicalId, attributes: { Arn: current.physicalId } };
  },
  async delete(current, context) {
    await context.call("sfn", "DeleteStateMachineAlias", { stateMachineAliasArn: current.physicalId });
  },
  validate(desired) {
    return desired.DeploymentPreference !== undefined && desired.DeploymentPreference.Type !== "ALL_AT_ONCE"
      ? ["The local cloud moves a StateMachineAlias all at once: DeploymentPreference takes ALL_AT_ONCE here"]
      : [];
  },
});

/** AWS::StepFunctions::Activity. */
export const activity = resource("AWS::StepFunctions::Activity", {
  tagging: {
    set: (current, tags, context) =>
      context.call("sfn", "TagResource", { resourceArn: current.physicalId, tags: lowerCase(tags) }),
    remove: (current, tagKeys, context) =>
      context.call("sfn", "UntagResource", { resourceArn: current.physicalId, tagKeys }),
  },
  async create(desired, context) {
    const name = desired.Name;
    const { activityArn: arn } = await context.call("sfn", "CreateActivity", {
      name,
      tags: tagsOf(desired, context),
    });
    return { physicalId: arn, attributes: { Arn: arn, Name: name } };
  },
  async update(desired, current) {
    return { physicalId: current.physicalId, attributes: { Arn: current.physicalId, Name: desired.Name } };
  },
  async delete(current, context) {
    await tolerate(context.call("sfn", "DeleteActivity", { activityArn: current.physicalId }), "ActivityDoesNotExist");
  },
});

async function describeMachine(arn: string, context: ResourceContext) {
  const { name, revisionId = "INITIAL" } = await context.call("sfn", "DescribeStateMachine", { stateMachineArn: arn });
  return { physicalId: arn, attributes: { Arn: arn, Name: name, StateMachineRevisionId: revisionId } };
}

async function definitionOf(desired: Machine, context: ResourceContext): Promise<string> {
  const text = await definitionText(desired, context);
  const substitutions = desired.DefinitionSubstitutions ?? {};
  return text.replaceAll(/\$\{([^}]+)\}/g, (found, name: string) =>
    Object.hasOwn(substitutions, name) ? String(substitutions[name]) : found,
  );
}

async function definitionText(desired: Machine, context: ResourceContext): Promise<string> {
  if (desired.DefinitionString !== undefined) return desired.DefinitionString;
  if (desired.Definition !== undefined) return JSON.stringify(desired.Definition);
  const { Bucket, Key = "", Version } = desired.DefinitionS3Location ?? {};
  if (Bucket === undefined) {
    throw new AwsError("InvalidDefinition", "One of DefinitionString, Definition and DefinitionS3Location is required");
  }
  const { Body } = await context.call("s3", "GetObject", { Bucket, Key, VersionId: Version });
  const chunks: Buffer[] = [];
  for await (const chunk of Body as unknown as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

function configurationOf(desired: PropertiesOf<"AWS::StepFunctions::StateMachine">) {
  const logging = desired.LoggingConfiguration;
  const tracing = desired.TracingConfiguration;
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
    for (const version of page.stateMachineVersions ?? []) found.add(version.stateMachineVersionArn);
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
    return (await context.call("sfn", "CreateStateMachineAlias", alias)).stateMachineAliasArn;
  } catch (error) {
    if (!context.resumed || !isAwsError(error, "ConflictException")) throw error;
    const [first] = alias.routingConfiguration;
    return `${first!.stateMachineVersionArn.replace(/:\d+$/, "")}:${alias.name}`;
  }
}

function routingOf(
  desired: PropertiesOf<"AWS::StepFunctions::StateMachineAlias">,
): { stateMachineVersionArn: string; weight: number }[] {
  const preference = desired.DeploymentPreference;
  if (preference?.StateMachineVersionArn !== undefined) {
    return [{ stateMachineVersionArn: preference.StateMachineVersionArn, weight: 100 }];
  }
  const routes = desired.RoutingConfiguration ?? [];
  return routes.map(({ StateMachineVersionArn, Weight }) => ({
    stateMachineVersionArn: StateMachineVersionArn,
    weight: Weight,
  }));
}

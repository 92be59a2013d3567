import type { Input } from "../../../kit/operation-types.ts";
import { AwsError, isAwsError } from "../../../aws-error.ts";
import { zipInlineCode } from "./inline-code.ts";
import type { PhysicalResource, Properties, ResourceContext } from "./resource-type.ts";
import { resource, type PropertiesOf } from "./resource.ts";
import { changedNames, pick, tagMap, tolerate } from "./tolerate.ts";
import { textOf } from "../../../../template/text.ts";

/** Properties of the configuration, and what each falls back to when the template drops it. */
const CONFIGURATION: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ["Description", ""],
  ["Environment", { Variables: {} }],
  ["EphemeralStorage", { Size: 512 }],
  ["Handler", undefined],
  ["ImageConfig", {}],
  ["KmsKeyArn", ""],
  ["Layers", []],
  ["LoggingConfig", { LogFormat: "Text" }],
  ["MemorySize", 128],
  ["Role", undefined],
  ["Runtime", undefined],
  ["SnapStart", { ApplyOn: "None" }],
  ["Timeout", 3],
  ["TracingConfig", { Mode: "PassThrough" }],
  ["VpcConfig", { SubnetIds: [], SecurityGroupIds: [] }],
  ["DeadLetterConfig", { TargetArn: "" }],
  ["FileSystemConfigs", []],
]);

/** AWS::Lambda::Function */
export const lambdaFunction = resource("AWS::Lambda::Function", {
  tagging: {
    set: (current, tags, context) =>
      context.call("lambda", "TagResource", { Resource: String(current.attributes?.Arn), Tags: tagMap(tags) }),
    remove: (current, TagKeys, context) =>
      context.call("lambda", "UntagResource", { Resource: String(current.attributes?.Arn), TagKeys }),
  },
  noteOf: ({ VpcConfig }) =>
    VpcConfig === undefined
      ? undefined
      : "Its VPC has no effect in the local cloud: it reaches what this machine reaches.",
  async create(desired, context) {
    const name = desired.FunctionName ?? context.name({ maxLength: 64 });
    const arn = await createOrAdopt(name, desired, context);
    await applyConcurrency(name, desired, context);
    await applyRecursion(name, desired, context);
    return physical(name, arn);
  },
  async update(desired, current, context) {
    const changed = changedNames(current.properties, desired);
    const name = current.physicalId;
    if (changed.includes("Code") || changed.includes("Architectures")) await updateCode(name, desired, context);
    await updateConfiguration(name, desired, changed, context);
    if (changed.includes("ReservedConcurrentExecutions")) await applyConcurrency(name, desired, context, true);
    if (changed.includes("RecursiveLoop")) await applyRecursion(name, desired, context);
    return physical(name, String(current.attributes?.Arn));
  },
  async delete(current, context) {
    await tolerate(
      context.call("lambda", "DeleteFunction", { FunctionName: current.physicalId }),
      "ResourceNotFoundException",
    );
  },
  async isStable(current, context) {
    return isSettled(current.physicalId, context);
  },
});

function physical(name: string, arn: string): PhysicalResource {
  return {
    physicalId: name,
    attributes: { Arn: arn, "SnapStartResponse.ApplyOn": "None", "SnapStartResponse.OptimizationStatus": "Off" },
  };
}

async function createOrAdopt(
  name: string,
  desired: PropertiesOf<"AWS::Lambda::Function">,
  context: ResourceContext,
): Promise<string> {
  try {
    const made = await context.call("lambda", "CreateFunction", {
      ...pick<Properties, string>(desired, [
        ...CONFIGURATION.keys(),
        "Architectures",
        "PackageType",
        "CodeSigningConfigArn",
      ]),
      KMSKeyArn: desired.KmsKeyArn,
      FunctionName: name,
      Role: desired.Role,
      Code: await codeOf(desired),
      Tags: tagMap(context.tags(desired.Tags)),
    });
    return String(made.FunctionArn);
  } catch (error) {
    if (!context.resumed || !isAwsError(error, "ResourceConflictException")) throw error;
    const found = await context.call("lambda", "GetFunctionConfiguration", { FunctionName: name });
    return String(found.FunctionArn);
  }
}

/** The code as the API takes it: text in the template becomes a zip with an index file. */
async function codeOf(desired: PropertiesOf<"AWS::Lambda::Function">): Promise<Record<string, unknown>> {
  const code = desired.Code;
  if (typeof code.ZipFile !== "string") return code;
  return {
    ZipFile: zipInlineCode(code.ZipFile, textOf(desired.Runtime ?? ""), textOf(desired.Handler ?? "index.handler")),
  };
}

async function updateCode(
  name: string,
  desired: PropertiesOf<"AWS::Lambda::Function">,
  context: ResourceContext,
): Promise<void> {
  await settle(name, context);
  await context.call("lambda", "UpdateFunctionCode", {
    FunctionName: name,
    ...(await codeOf(desired)),
    Architectures: desired.Architectures,
  });
}

async function updateConfiguration(
  name: string,
  desired: Properties,
  changed: readonly string[],
  context: ResourceContext,
): Promise<void> {
  const names = changed.filter((property) => CONFIGURATION.has(property));
  if (names.length === 0) return;
  const input: Record<string, unknown> = { FunctionName: name };
  for (const property of names) {
    input[property === "KmsKeyArn" ? "KMSKeyArn" : property] = desired[property] ?? CONFIGURATION.get(property);
  }
  await settle(name, context);
  await context.call(
    "lambda",
    "UpdateFunctionConfiguration",
    input as unknown as Input<"lambda", "UpdateFunctionConfiguration">,
  );
}

async function applyConcurrency(
  name: string,
  desired: PropertiesOf<"AWS::Lambda::Function">,
  context: ResourceContext,
  isUpdate = false,
): Promise<void> {
  const reserved = desired.ReservedConcurrentExecutions;
  if (reserved !== undefined) {
    await context.call("lambda", "PutFunctionConcurrency", {
      FunctionName: name,
      ReservedConcurrentExecutions: reserved,
    });
  } else if (isUpdate) {
    await tolerate(
      context.call("lambda", "DeleteFunctionConcurrency", { FunctionName: name }),
      "ResourceNotFoundException",
    );
  }
}

async function applyRecursion(
  name: string,
  desired: PropertiesOf<"AWS::Lambda::Function">,
  context: ResourceContext,
): Promise<void> {
  if (desired.RecursiveLoop === undefined) return;
  await context.call("lambda", "PutFunctionRecursionConfig", {
    FunctionName: name,
    RecursiveLoop: desired.RecursiveLoop,
  });
}

/** Waits until an update that is under way is through: the next one would be refused. */
async function settle(name: string, context: ResourceContext): Promise<void> {
  for (let waitMs = 1; !(await isSettled(name, context)); waitMs = Math.min(waitMs * 2, 50)) {
    await new Promise((resolve) => setTimeout(resolve, waitMs));
    context.signal.throwIfAborted();
  }
}

async function isSettled(name: string, context: ResourceContext): Promise<boolean> {
  const found = await context.call("lambda", "GetFunctionConfiguration", { FunctionName: name });
  if (found.State === "Failed" || found.LastUpdateStatus === "Failed") {
    throw new AwsError(
      "NotStabilized",
      found.StateReason ?? found.LastUpdateStatusReason ?? "The function did not become active.",
    );
  }
  return found.State !== "Pending" && found.LastUpdateStatus !== "InProgress";
}

import { randomUUID } from "node:crypto";
import { AwsError, isAwsError } from "../../../aws-error.ts";
import { errorText } from "../../../kit/error-text.ts";
import { PartlyMadeError, type ResourceContext } from "./resource-type.ts";
import { resource, type PropertiesOf } from "./resource.ts";
import { changedNames, tolerate } from "./tolerate.ts";

/** AWS::Lambda::Version: what it names never changes; a function without a change has no new version to give. */
export const lambdaVersion = resource("AWS::Lambda::Version", {
  async create(desired, context) {
    const FunctionName = desired.FunctionName;
    const known = context.resumed ? new Set<string>() : await publishedVersions(FunctionName, context);
    const made = await context.call("lambda", "PublishVersion", {
      FunctionName,
      CodeSha256: desired.CodeSha256,
      Description: desired.Description,
    });
    const version = String(made.Version);
    const arn = String(made.FunctionArn);
    if (known.has(version)) throw versionExists(arn);
    const physical = { physicalId: arn, attributes: { Version: version, FunctionArn: arn } };
    try {
      if (desired.ProvisionedConcurrencyConfig) await untilActive(FunctionName, version, context);
      await putProvisioned(desired, FunctionName, version, context);
    } catch (error) {
      throw new PartlyMadeError(errorText(error), physical, error);
    }
    return physical;
  },
  async delete(current, context) {
    const { name, qualifier } = splitFunctionArn(current.physicalId);
    if (qualifier === undefined) return;
    await tolerate(
      context.call("lambda", "DeleteFunction", { FunctionName: name, Qualifier: qualifier }),
      "ResourceNotFoundException",
    );
  },
});

/** In the words of AWS's handler since December 2023; before, "A version for this Lambda function exists ( 1 )…". */
function versionExists(arn: string): AwsError {
  const origin = `(Service: Lambda, Status Code: 409, Request ID: ${randomUUID()})`;
  const text = `Version already exists: [${arn}]. Please modify the function to create a new version. ${origin}`;
  return new AwsError("AlreadyExists", text, { statusCode: 409 });
}

/**
 * AWS::Lambda::Alias. As on AWS, an update sends every property of the template, so an alias that was moved elsewhere
 * returns to the version in its properties, and so does one that a rollback touches. Only weights that the template
 * never had are left alone.
 */
export const lambdaAlias = resource("AWS::Lambda::Alias", {
  async create(desired, context) {
    const FunctionName = desired.FunctionName;
    const Name = desired.Name;
    const arn = await createAlias(FunctionName, Name, desired, context);
    await putProvisioned(desired, FunctionName, Name, context);
    return { physicalId: arn, attributes: { AliasArn: arn } };
  },
  async update(desired, current, context) {
    const FunctionName = desired.FunctionName;
    const Name = desired.Name;
    const changed = changedNames(current.properties, desired);
    const hadWeights = current.properties.RoutingConfig !== undefined;
    await context.call("lambda", "UpdateAlias", {
      FunctionName,
      Name,
      FunctionVersion: desired.FunctionVersion,
      Description: desired.Description ?? "",
      RoutingConfig: routing(desired) ?? (hadWeights ? { AdditionalVersionWeights: {} } : undefined),
    });
    if (changed.includes("ProvisionedConcurrencyConfig")) await updateProvisioned(desired, FunctionName, Name, context);
    return { physicalId: current.physicalId, attributes: { AliasArn: current.physicalId } };
  },
  async delete(current, context) {
    await tolerate(
      context.call("lambda", "DeleteAlias", {
        FunctionName: current.properties.FunctionName,
        Name: current.properties.Name,
      }),
      "ResourceNotFoundException",
    );
  },
});

/** `arn:…:function:name:qualifier` or just a name. */
export function splitFunctionArn(arn: string): { name: string; qualifier: string | undefined } {
  const parts = arn.split(":");
  if (parts[0] === "arn") return { name: parts.slice(0, 7).join(":"), qualifier: parts[7] };
  return { name: parts[0]!, qualifier: parts[1] };
}

async function publishedVersions(FunctionName: string, context: ResourceContext): Promise<Set<string>> {
  const versions = new Set<string>();
  let Marker: string | undefined;
  do {
    const page = await context.call("lambda", "ListVersionsByFunction", { FunctionName, Marker });
    for (const version of page.Versions ?? []) versions.add(String(version.Version));
    Marker = page.NextMarker;
  } while (Marker !== undefined);
  return versions;
}

async function createAlias(
  FunctionName: string,
  Name: string,
  desired: PropertiesOf<"AWS::Lambda::Alias">,
  context: ResourceContext,
): Promise<string> {
  try {
    const made = await context.call("lambda", "CreateAlias", {
      FunctionName,
      Name,
      FunctionVersion: desired.FunctionVersion,
      Description: desired.Description,
      RoutingConfig: routing(desired),
    });
    return String(made.AliasArn);
  } catch (error) {
    if (!context.resumed || !isAwsError(error, "ResourceConflictException")) throw error;
    const found = await context.call("lambda", "GetAlias", { FunctionName, Name });
    return String(found.AliasArn);
  }
}

/** The template lists weights, the API maps them. */
function routing({ RoutingConfig }: PropertiesOf<"AWS::Lambda::Alias">) {
  if (!RoutingConfig) return undefined;
  const weights = RoutingConfig.AdditionalVersionWeights ?? [];
  return {
    AdditionalVersionWeights: Object.fromEntries(weights.map((item) => [item.FunctionVersion, item.FunctionWeight])),
  };
}

async function putProvisioned(
  desired: Pick<PropertiesOf<"AWS::Lambda::Alias">, "ProvisionedConcurrencyConfig">,
  FunctionName: string,
  Qualifier: string,
  context: ResourceContext,
): Promise<void> {
  const config = desired.ProvisionedConcurrencyConfig;
  if (!config) return;
  await context.call("lambda", "PutProvisionedConcurrencyConfig", {
    FunctionName,
    Qualifier,
    ProvisionedConcurrentExecutions: config.ProvisionedConcurrentExecutions,
  });
  await until(context, async () => {
    const found = await context.call("lambda", "GetProvisionedConcurrencyConfig", { FunctionName, Qualifier });
    if (found.Status !== "FAILED") return found.Status === "READY";
    throw notStabilized(`Provisioned Concurrency configuration failed to be applied. Reason: ${found.StatusReason}`);
  });
}

/** Only a version that is Active takes provisioned concurrency. Without it, nothing waits for that. */
function untilActive(FunctionName: string, Qualifier: string, context: ResourceContext): Promise<void> {
  return until(context, async () => {
    const found = await context.call("lambda", "GetFunctionConfiguration", { FunctionName, Qualifier });
    if (found.State !== "Failed") return found.State === "Active";
    throw notStabilized(`Version ${Qualifier} is Failed. Reason: ${found.StateReason}`);
  });
}

async function until(context: ResourceContext, isSo: () => Promise<boolean>): Promise<void> {
  for (let waitMs = 1; !(await isSo()); waitMs = Math.min(waitMs * 2, 50)) {
    await new Promise((resolve) => setTimeout(resolve, waitMs));
    context.signal.throwIfAborted();
  }
}

function notStabilized(message: string): AwsError {
  return new AwsError("NotStabilized", message);
}

async function updateProvisioned(
  desired: Pick<PropertiesOf<"AWS::Lambda::Alias">, "ProvisionedConcurrencyConfig">,
  FunctionName: string,
  Qualifier: string,
  context: ResourceContext,
): Promise<void> {
  if (desired.ProvisionedConcurrencyConfig !== undefined)
    return putProvisioned(desired, FunctionName, Qualifier, context);
  await tolerate(
    context.call("lambda", "DeleteProvisionedConcurrencyConfig", { FunctionName, Qualifier }),
    "ResourceNotFoundException",
    "ProvisionedConcurrencyConfigNotFoundException",
  );
}

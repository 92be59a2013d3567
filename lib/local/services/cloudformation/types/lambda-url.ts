import { isAwsError } from "../../../aws-error.ts";
import type { CurrentResource, ResourceContext } from "./resource-type.ts";
import { resource, type PropertiesOf } from "./resource.ts";
import { tolerate } from "./tolerate.ts";

/** AWS::Lambda::Url */
export const lambdaUrl = resource("AWS::Lambda::Url", {
  async create(desired, context) {
    const made = await createOrAdopt(desired, context);
    return {
      physicalId: made.FunctionArn,
      attributes: { FunctionArn: made.FunctionArn, FunctionUrl: made.FunctionUrl },
    };
  },
  async update(desired, current, context) {
    await context.call("lambda", "UpdateFunctionUrlConfig", {
      ...targetOf(desired),
      AuthType: desired.AuthType,
      InvokeMode: desired.InvokeMode ?? "BUFFERED",
      Cors: desired.Cors ?? (current.properties.Cors === undefined ? undefined : {}),
    });
    return current;
  },
  async delete(current, context) {
    await tolerate(
      context.call("lambda", "DeleteFunctionUrlConfig", targetOf(current.properties)),
      "ResourceNotFoundException",
    );
  },
});

function targetOf(properties: PropertiesOf<"AWS::Lambda::Url">): {
  FunctionName: string;
  Qualifier: string | undefined;
} {
  return { FunctionName: properties.TargetFunctionArn, Qualifier: properties.Qualifier };
}

async function createOrAdopt(desired: PropertiesOf<"AWS::Lambda::Url">, context: ResourceContext) {
  try {
    return await context.call("lambda", "CreateFunctionUrlConfig", {
      ...targetOf(desired),
      AuthType: desired.AuthType,
      InvokeMode: desired.InvokeMode,
      Cors: desired.Cors,
    });
  } catch (error) {
    if (!context.resumed || !isAwsError(error, "ResourceConflictException")) throw error;
    return context.call("lambda", "GetFunctionUrlConfig", targetOf(desired));
  }
}

/** AWS::Lambda::EventInvokeConfig */
export const lambdaEventInvokeConfig = resource("AWS::Lambda::EventInvokeConfig", {
  async create(desired, context) {
    await putInvokeConfig(desired, context);
    return { physicalId: `${desired.FunctionName}|${desired.Qualifier}` };
  },
  async update(desired, current: CurrentResource, context) {
    await putInvokeConfig(desired, context);
    return current;
  },
  async delete(current, context) {
    const { FunctionName, Qualifier } = current.properties;
    await tolerate(
      context.call("lambda", "DeleteFunctionEventInvokeConfig", {
        FunctionName: FunctionName,
        Qualifier: Qualifier,
      }),
      "ResourceNotFoundException",
    );
  },
});

async function putInvokeConfig(
  desired: PropertiesOf<"AWS::Lambda::EventInvokeConfig">,
  context: ResourceContext,
): Promise<void> {
  await context.call("lambda", "PutFunctionEventInvokeConfig", {
    FunctionName: desired.FunctionName,
    Qualifier: desired.Qualifier,
    MaximumRetryAttempts: desired.MaximumRetryAttempts,
    MaximumEventAgeInSeconds: desired.MaximumEventAgeInSeconds,
    DestinationConfig: desired.DestinationConfig,
  });
}

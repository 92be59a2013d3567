import type { Cors, FunctionUrlAuthType, InvokeMode } from "@aws-sdk/client-lambda";
import { isAwsError } from "../../../aws-error.ts";
import type { CurrentResource, Properties, ResourceContext, ResourceType } from "./resource-type.ts";
import { tolerate } from "./tolerate.ts";

/** AWS::Lambda::Url */
export const lambdaUrl: ResourceType = {
  type: "AWS::Lambda::Url",
  async create(desired, context) {
    const made = await createOrAdopt(desired, context);
    return {
      physicalId: String(made.FunctionArn),
      attributes: { FunctionArn: made.FunctionArn, FunctionUrl: made.FunctionUrl },
    };
  },
  async update(desired, current, context) {
    await context.call("lambda", "UpdateFunctionUrlConfig", {
      ...targetOf(desired),
      AuthType: desired.AuthType as FunctionUrlAuthType,
      InvokeMode: (desired.InvokeMode as InvokeMode | undefined) ?? "BUFFERED",
      Cors: (desired.Cors as Cors | undefined) ?? (current.properties.Cors === undefined ? undefined : {}),
    });
    return current;
  },
  async delete(current, context) {
    await tolerate(
      context.call("lambda", "DeleteFunctionUrlConfig", targetOf(current.properties)),
      "ResourceNotFoundException",
    );
  },
};

function targetOf(properties: Properties): { FunctionName: string; Qualifier: string | undefined } {
  return { FunctionName: String(properties.TargetFunctionArn), Qualifier: properties.Qualifier as string | undefined };
}

async function createOrAdopt(desired: Properties, context: ResourceContext) {
  try {
    return await context.call("lambda", "CreateFunctionUrlConfig", {
      ...targetOf(desired),
      AuthType: desired.AuthType as FunctionUrlAuthType,
      InvokeMode: desired.InvokeMode as InvokeMode | undefined,
      Cors: desired.Cors as Cors | undefined,
    });
  } catch (error) {
    if (!context.resumed || !isAwsError(error, "ResourceConflictException")) throw error;
    return context.call("lambda", "GetFunctionUrlConfig", targetOf(desired));
  }
}

/** AWS::Lambda::EventInvokeConfig */
export const lambdaEventInvokeConfig: ResourceType = {
  type: "AWS::Lambda::EventInvokeConfig",
  async create(desired, context) {
    await putInvokeConfig(desired, context);
    return { physicalId: `${String(desired.FunctionName)}|${String(desired.Qualifier)}` };
  },
  async update(desired, current: CurrentResource, context) {
    await putInvokeConfig(desired, context);
    return current;
  },
  async delete(current, context) {
    const { FunctionName, Qualifier } = current.properties;
    await tolerate(
      context.call("lambda", "DeleteFunctionEventInvokeConfig", {
        FunctionName: String(FunctionName),
        Qualifier: String(Qualifier),
      }),
      "ResourceNotFoundException",
    );
  },
};

async function putInvokeConfig(desired: Properties, context: ResourceContext): Promise<void> {
  await context.call("lambda", "PutFunctionEventInvokeConfig", {
    FunctionName: String(desired.FunctionName),
    Qualifier: String(desired.Qualifier),
    MaximumRetryAttempts: desired.MaximumRetryAttempts as number | undefined,
    MaximumEventAgeInSeconds: desired.MaximumEventAgeInSeconds as number | undefined,
    DestinationConfig: desired.DestinationConfig as object | undefined,
  });
}

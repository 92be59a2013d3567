import type { Architecture, Runtime } from "@aws-sdk/client-lambda";
import { isAwsError } from "../../../aws-error.ts";
import type { ResourceType } from "./resource-type.ts";
import { tolerate } from "./tolerate.ts";

/** AWS::Lambda::LayerVersion: every change publishes a new version. */
export const lambdaLayerVersion: ResourceType = {
  type: "AWS::Lambda::LayerVersion",
  async create(desired, context) {
    const made = await context.call("lambda", "PublishLayerVersion", {
      LayerName: (desired.LayerName as string | undefined) ?? context.name({ maxLength: 140 }),
      Content: desired.Content as object,
      Description: desired.Description as string | undefined,
      LicenseInfo: desired.LicenseInfo as string | undefined,
      CompatibleRuntimes: desired.CompatibleRuntimes as Runtime[] | undefined,
      CompatibleArchitectures: desired.CompatibleArchitectures as Architecture[] | undefined,
    });
    const arn = String(made.LayerVersionArn);
    return { physicalId: arn, attributes: { LayerVersionArn: arn } };
  },
  async delete(current, context) {
    const { LayerName, VersionNumber } = splitLayerVersionArn(current.physicalId);
    await tolerate(
      context.call("lambda", "DeleteLayerVersion", { LayerName, VersionNumber }),
      "ResourceNotFoundException",
    );
  },
};

/** AWS::Lambda::LayerVersionPermission */
export const lambdaLayerVersionPermission: ResourceType = {
  type: "AWS::Lambda::LayerVersionPermission",
  async create(desired, context) {
    const arn = String(desired.LayerVersionArn);
    const StatementId = context.name({ maxLength: 100 });
    try {
      await context.call("lambda", "AddLayerVersionPermission", {
        ...splitLayerVersionArn(arn),
        StatementId,
        Action: String(desired.Action),
        Principal: String(desired.Principal),
        OrganizationId: desired.OrganizationId as string | undefined,
      });
    } catch (error) {
      if (!context.resumed || !isAwsError(error, "ResourceConflictException")) throw error;
    }
    return { physicalId: `${arn}#${StatementId}`, attributes: { Id: `${arn}#${StatementId}` } };
  },
  async delete(current, context) {
    const [arn = "", StatementId] = current.physicalId.split("#");
    await tolerate(
      context.call("lambda", "RemoveLayerVersionPermission", { ...splitLayerVersionArn(arn), StatementId }),
      "ResourceNotFoundException",
    );
  },
};

function splitLayerVersionArn(arn: string): { LayerName: string; VersionNumber: number } {
  const colon = arn.lastIndexOf(":");
  return { LayerName: arn.slice(0, colon), VersionNumber: Number(arn.slice(colon + 1)) };
}

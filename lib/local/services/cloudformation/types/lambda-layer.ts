import { isAwsError } from "../../../aws-error.ts";
import { resource } from "./resource.ts";
import { tolerate } from "./tolerate.ts";

/** AWS::Lambda::LayerVersion: every change publishes a new version. */
export const lambdaLayerVersion = resource("AWS::Lambda::LayerVersion", {
  async create(desired, context) {
    const made = await context.call("lambda", "PublishLayerVersion", {
      LayerName: desired.LayerName ?? context.name({ maxLength: 140 }),
      Content: desired.Content,
      Description: desired.Description,
      LicenseInfo: desired.LicenseInfo,
      CompatibleRuntimes: desired.CompatibleRuntimes,
      CompatibleArchitectures: desired.CompatibleArchitectures,
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
});

/** AWS::Lambda::LayerVersionPermission */
export const lambdaLayerVersionPermission = resource("AWS::Lambda::LayerVersionPermission", {
  async create(desired, context) {
    const arn = desired.LayerVersionArn;
    const StatementId = context.name({ maxLength: 100 });
    try {
      await context.call("lambda", "AddLayerVersionPermission", {
        ...splitLayerVersionArn(arn),
        StatementId,
        Action: desired.Action,
        Principal: desired.Principal,
        OrganizationId: desired.OrganizationId,
      });
    } catch (error) {
      if (!context.resumed || !isAwsError(error, "ResourceConflictException")) throw error;
    }
    return { physicalId: `${arn}#${StatementId}`, attributes: { Id: `${arn}#${StatementId}` } };
  },
  async delete(current, context) {
    const [arn = "", StatementId = ""] = current.physicalId.split("#");
    await tolerate(
      context.call("lambda", "RemoveLayerVersionPermission", { ...splitLayerVersionArn(arn), StatementId }),
      "ResourceNotFoundException",
    );
  },
});

function splitLayerVersionArn(arn: string): { LayerName: string; VersionNumber: number } {
  const colon = arn.lastIndexOf(":");
  return { LayerName: arn.slice(0, colon), VersionNumber: Number(arn.slice(colon + 1)) };
}

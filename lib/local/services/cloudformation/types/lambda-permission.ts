import type { AddPermissionCommandInput } from "@aws-sdk/client-lambda";
import { isAwsError } from "../../../aws-error.ts";
import { splitFunctionArn } from "./lambda-version.ts";
import type { ResourceType } from "./resource-type.ts";
import { pick, tolerate } from "./tolerate.ts";

const MEMBERS = [
  "Action",
  "EventSourceToken",
  "FunctionUrlAuthType",
  "InvokedViaFunctionUrl",
  "Principal",
  "PrincipalOrgID",
  "SourceAccount",
  "SourceArn",
];

/** AWS::Lambda::Permission: one statement of a function's resource policy. */
export const lambdaPermission: ResourceType = {
  type: "AWS::Lambda::Permission",
  async create(desired, context) {
    const { name, qualifier } = splitFunctionArn(String(desired.FunctionName));
    const StatementId = context.name({ maxLength: 100 });
    try {
      await context.call("lambda", "AddPermission", {
        ...pick(desired, MEMBERS),
        FunctionName: name,
        Qualifier: qualifier,
        StatementId,
      } as AddPermissionCommandInput);
    } catch (error) {
      if (!context.resumed || !isAwsError(error, "ResourceConflictException")) throw error;
    }
    return { physicalId: StatementId, attributes: { Id: StatementId } };
  },
  async delete(current, context) {
    const { name, qualifier } = splitFunctionArn(String(current.properties.FunctionName));
    await tolerate(
      context.call("lambda", "RemovePermission", {
        FunctionName: name,
        Qualifier: qualifier,
        StatementId: current.physicalId,
      }),
      "ResourceNotFoundException",
    );
  },
};

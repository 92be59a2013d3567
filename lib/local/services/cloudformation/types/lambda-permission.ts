import { isAwsError } from "../../../aws-error.ts";
import { splitFunctionArn } from "./lambda-version.ts";
import { resource } from "./resource.ts";
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
] as const;

/** AWS::Lambda::Permission: one statement of a function's resource policy. */
export const lambdaPermission = resource("AWS::Lambda::Permission", {
  async create(desired, context) {
    const { name, qualifier } = splitFunctionArn(desired.FunctionName);
    const StatementId = context.name({ maxLength: 100 });
    try {
      await context.call("lambda", "AddPermission", {
        ...pick(desired, MEMBERS),
        FunctionName: name,
        Qualifier: qualifier,
        StatementId,
      });
    } catch (error) {
      if (!context.resumed || !isAwsError(error, "ResourceConflictException")) throw error;
    }
    return { physicalId: StatementId, attributes: { Id: StatementId } };
  },
  async delete(current, context) {
    const { name, qualifier } = splitFunctionArn(current.properties.FunctionName);
    await tolerate(
      context.call("lambda", "RemovePermission", {
        FunctionName: name,
        Qualifier: qualifier,
        StatementId: current.physicalId,
      }),
      "ResourceNotFoundException",
    );
  },
});

import { AwsError } from "../../../aws-error.ts";
import {
  PartlyMadeError,
  type NestedRequest,
  type NestedResult,
  type PhysicalResource,
  type Properties,
  type ResourceContext,
  type ResourceType,
} from "./resource-type.ts";

/** AWS::CloudFormation::Stack: a stack within the stack. It is cleaned up, or rolled back, when the outer one is. */
export const nestedStack: ResourceType = {
  type: "AWS::CloudFormation::Stack",
  extraAttributes: ["*"],
  async create(desired, context) {
    const result = await context.own.nested.create(requestOf(desired, context), context.resumed);
    if (result.failure === undefined) return physical(result);
    const message = `Embedded stack ${result.id} was not successfully created: ${result.failure}`;
    throw new PartlyMadeError(message, physical(result));
  },
  async update(desired, current, context) {
    const result = await context.own.nested.update(current.physicalId, requestOf(desired, context), context.resumed);
    if (result.failure === undefined) return physical(result);
    throw new AwsError(
      "ValidationError",
      `Embedded stack ${result.id} was not successfully updated: ${result.failure}`,
    );
  },
  async revert(current, _before, context) {
    const result = await context.own.nested.revert(current.physicalId);
    if (result.failure === undefined) return physical(result);
    throw new AwsError(
      "ValidationError",
      `Embedded stack ${result.id} was not successfully rolled back: ${result.failure}`,
    );
  },
  async finish(current, context) {
    await context.own.nested.finish(current.physicalId);
  },
  async delete(current, context) {
    const result = await context.own.nested.delete(current.physicalId);
    if (result.failure === undefined) return;
    throw new AwsError(
      "ValidationError",
      `Embedded stack ${result.id} was not successfully deleted: ${result.failure}`,
    );
  },
};

function requestOf(desired: Properties, context: ResourceContext): NestedRequest {
  const parameters = Object.entries((desired.Parameters as Record<string, unknown> | undefined) ?? {});
  return {
    name: context.name({ maxLength: 128 }),
    templateUrl: String(desired.TemplateURL),
    parameters: Object.fromEntries(
      parameters.map(([key, value]) => [key, Array.isArray(value) ? value.join(",") : String(value)]),
    ),
    tags: context.plainTags(desired.Tags),
    notificationArns: (desired.NotificationARNs as string[] | undefined) ?? [],
    timeoutInMinutes: desired.TimeoutInMinutes as number | undefined,
  };
}

function physical(result: NestedResult): PhysicalResource {
  const outputs = Object.entries(result.outputs).map(([key, value]) => [`Outputs.${key}`, value]);
  return { physicalId: result.id, attributes: Object.fromEntries(outputs) };
}

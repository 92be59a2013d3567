import { AwsError } from "../../../aws-error.ts";
import {
  PartlyMadeError,
  type NestedRequest,
  type NestedResult,
  type PhysicalResource,
  type ResourceContext,
} from "./resource-type.ts";
import { resource, type PropertiesOf } from "./resource.ts";

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html */
export const LONGEST_STACK_NAME = 128;

/** AWS::CloudFormation::Stack: a stack within the stack. It is cleaned up, or rolled back, when the outer one is. */
export const nestedStack = resource("AWS::CloudFormation::Stack", {
  extraAttributes: ["*"],
  isAlwaysUpdated: true,
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
});

function requestOf(desired: PropertiesOf<"AWS::CloudFormation::Stack">, context: ResourceContext): NestedRequest {
  const parameters = Object.entries(desired.Parameters ?? {});
  return {
    logicalId: context.logicalId,
    name: context.name({ maxLength: LONGEST_STACK_NAME }),
    templateUrl: String(desired.TemplateURL),
    parameters: Object.fromEntries(parameters.map(([key, value]) => [key, nestedParameterText(value)])),
    tags: context.plainTags(desired.Tags),
    notificationArns: desired.NotificationARNs ?? [],
    timeoutInMinutes: desired.TimeoutInMinutes,
  };
}

/** A parameter of a nested stack as the text that its template gets: lists are joined. */
export function nestedParameterText(value: unknown): string {
  return Array.isArray(value) ? value.join(",") : String(value);
}

function physical(result: NestedResult): PhysicalResource {
  const outputs = Object.entries(result.outputs).map(([key, value]) => [`Outputs.${key}`, value]);
  return { physicalId: result.id, attributes: Object.fromEntries(outputs) };
}

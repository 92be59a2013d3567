import { isAwsError } from "../../../aws-error.ts";
import type { CurrentResource, PhysicalResource, ResourceContext } from "./resource-type.ts";
import { resource, type PropertiesOf } from "./resource.ts";
import { pick, tolerate } from "./tolerate.ts";

/** AWS::SSM::Parameter */
export const ssmParameter = resource("AWS::SSM::Parameter", {
  tagging: {
    set: (current, tags, context) =>
      context.call("ssm", "AddTagsToResource", { ...taggedAs(current), Tags: [...tags] }),
    remove: (current, TagKeys, context) =>
      context.call("ssm", "RemoveTagsFromResource", { ...taggedAs(current), TagKeys }),
  },
  async create(desired, context) {
    const Name = desired.Name ?? generatedName(context);
    try {
      await put(Name, desired, false, context);
    } catch (error) {
      if (!context.resumed || !isAwsError(error, "ParameterAlreadyExists")) throw error;
      await put(Name, desired, true, context);
    }
    return physical(Name, desired);
  },
  async update(desired, current, context) {
    await put(current.physicalId, desired, true, context);
    return physical(current.physicalId, desired);
  },
  async delete(current, context) {
    await tolerate(context.call("ssm", "DeleteParameter", { Name: current.physicalId }), "ParameterNotFound");
  },
});

/** CloudFormation names parameters after itself, not after the stack: `CFN-LogicalId-random`. */
function generatedName(context: ResourceContext): string {
  return `CFN-${context.logicalId}-${context.name().slice(-12)}`;
}

async function put(
  Name: string,
  desired: PropertiesOf<"AWS::SSM::Parameter">,
  overwrite: boolean,
  context: ResourceContext,
): Promise<void> {
  await context.call("ssm", "PutParameter", {
    ...pick(desired, ["AllowedPattern", "DataType", "Description", "Policies", "Tier", "Type", "Value"]),
    Name,
    Overwrite: overwrite,
    // The API takes tags only for a parameter that is new.
    ...(!overwrite && { Tags: context.plainTags(desired.Tags) }),
  });
}

function physical(Name: string, desired: PropertiesOf<"AWS::SSM::Parameter">): PhysicalResource {
  return { physicalId: Name, attributes: { Type: desired.Type, Value: desired.Value } };
}

function taggedAs({ physicalId }: CurrentResource) {
  return { ResourceType: "Parameter", ResourceId: physicalId } as const;
}

import type { ResourceType } from "./resource-type.ts";

/** AWS::CDK::Metadata: what the CDK tells about itself. There is nothing behind it, on AWS neither. */
export const cdkMetadata: ResourceType = {
  type: "AWS::CDK::Metadata",
  create: async (_desired, context) => ({ physicalId: context.requestToken }),
  update: async (_desired, current) => current,
  delete: async () => undefined,
};

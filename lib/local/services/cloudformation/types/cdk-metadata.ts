import type { ResourceType } from "./resource-type.ts";

/** AWS::CDK::Metadata: the CDK's usage data. It has no physical resource, on AWS neither. */
export const cdkMetadata: ResourceType = {
  type: "AWS::CDK::Metadata",
  create: async (_desired, context) => ({ physicalId: context.requestToken }),
  update: async (_desired, current) => current,
  delete: async () => undefined,
};

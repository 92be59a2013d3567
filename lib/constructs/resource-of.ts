import { type CfnResource } from "aws-cdk-lib";
import type { IConstruct } from "constructs";
import { BugError } from "../errors.ts";

/** The resource behind an L2 construct, as its type; for what the L2 does not offer. */
export function resourceOf<T extends CfnResource>(
  construct: IConstruct,
  type: abstract new (...args: never[]) => T,
): T {
  const { defaultChild } = construct.node;
  if (defaultChild instanceof type) return defaultChild;
  throw new BugError("ResourceTypeUnexpected", `${construct.node.path} has no ${type.name} as its default child`);
}

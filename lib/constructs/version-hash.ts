import { createHash } from "node:crypto";
import {
  CfnResource,
  DefaultTokenResolver,
  type IPostProcessor,
  type IResolvable,
  type IResolveContext,
  Reference,
  Tokenization,
} from "aws-cdk-lib";
import type { IConstruct } from "constructs";
import { sortedKeys } from "../util/sorted-keys.ts";
import { versionedProperties } from "../assembly/versioned-properties.ts";
import { TwofoldName } from "./bucket-name.ts";

const HASH_LENGTH = 16;

/**
 * A hash over a template's properties of a version of a function or a state machine: all but those that are not part of
 * a version, and the contents of its layers. The values of parameters, imports and other references are known at the
 * endpoint only: the deployer compares them after staging. A parameter's default is left out for the same reason: a
 * stack keeps the value that it has, and publishing a version of an unchanged function fails.
 */
export function versionHash(fn: CfnResource): string {
  const { properties, targets } = renderResource(fn);
  const referred = [...targets].map(contentOf).filter((content) => content !== undefined);
  const content = [versionedProperties(properties), ...referred].map((part) => JSON.stringify(sortedKeys(part)));
  return createHash("sha256").update(content.sort().join("\n")).digest("hex").slice(0, HASH_LENGTH);
}

/** The constructs that a resource's properties refer to. */
export function referredConstructs(resource: CfnResource): ReadonlySet<IConstruct> {
  return renderResource(resource).targets;
}

/** What a referred-to construct adds to the version: its name stays the same when its content changes. */
function contentOf(target: IConstruct): unknown {
  if (target instanceof CfnResource && target.cfnResourceType === "AWS::Lambda::LayerVersion") {
    return renderResource(target).properties;
  }
  return undefined;
}

interface Rendered {
  readonly properties: Record<string, unknown>;
  /** The constructs that the properties refer to. */
  readonly targets: ReadonlySet<IConstruct>;
}

function renderResource(resource: CfnResource): Rendered {
  const resolver = new TargetCollector();
  // aws-cdk-lib's own version hash renders a function so; the method is public in JavaScript, internal in the types.
  const renderable = resource as unknown as { _toCloudFormation(): object };
  const template = Tokenization.resolve(renderable._toCloudFormation(), {
    scope: resource,
    resolver,
    preparing: false,
  }) as { Resources?: Record<string, { Properties?: Record<string, unknown> }> };
  return { properties: Object.values(template.Resources ?? {})[0]?.Properties ?? {}, targets: resolver.targets };
}

/** Text with tokens in it becomes what CloudFormation joins: the properties are checked on their way. */
const PARTS: ConstructorParameters<typeof DefaultTokenResolver>[0] = {
  join: (left: unknown, right: unknown) =>
    left === undefined ? right : right === undefined ? left : { "Fn::Join": ["", [left, right]] },
};

class TargetCollector extends DefaultTokenResolver {
  readonly targets = new Set<IConstruct>();

  constructor() {
    super(PARTS);
  }

  override resolveToken(token: IResolvable, context: IResolveContext, postProcessor: IPostProcessor): unknown {
    // However the name is written, it is the same name: a version with it would be the same version.
    if (token instanceof TwofoldName) return context.resolve(token.reference);
    if (Reference.isReference(token)) this.targets.add(token.target);
    return super.resolveToken(token, context, postProcessor);
  }
}

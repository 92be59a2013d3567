import type { AssemblyStack } from "../../assembly/assembly.ts";
import { readTemplate, releaseMetadataOf } from "../../assembly/read-template.ts";
import type { ReleaseMetadata } from "../../assembly/release-metadata.ts";
import { fillPlaceholders } from "../target.ts";
import type { NamedStack } from "./physical-arns.ts";

/** Where an app is deployed: no connection is needed to know what that takes. */
export interface PermittedPlace {
  /** Twelve digits. */
  readonly account: string;
  /** The region of stacks that name none. */
  readonly region: string;
  readonly partition: string;
  readonly stage: string;
}

/** A stack, with all that its permissions are made from. */
export interface PermittedStack extends NamedStack {
  readonly stack: AssemblyStack;
  readonly release: ReleaseMetadata | undefined;
}

/** The stacks of an app at the place where they are deployed. */
export function permittedStacks(stacks: readonly AssemblyStack[], place: PermittedPlace): PermittedStack[] {
  return stacks.map((stack) => {
    const { template } = readTemplate(stack);
    const region = stack.region === "unknown-region" ? place.region : stack.region;
    const { account, partition } = place;
    const at = { account, region, partition };
    return { ...at, stack, stackName: stack.stackName, template, release: releaseMetadataOf(template) };
  });
}

/** The CDK's placeholders of a text, filled in for a stack. */
export function filled(text: string, { account, region, partition }: PermittedStack): string {
  return fillPlaceholders(text, { account, region, partition });
}

import type { Template, TemplateResource } from "../../assembly/assembly.ts";

/** Where an expanded template says how to get back to the synthesized one: under this key of its `Metadata` section. */
export const EXPANSION_KEY = "Tidegate::Expansion";

/**
 * Marks a resource that a stage holds back or widens: under this key of its own `Metadata`. CloudFormation takes no
 * update that changes a template's `Metadata` section alone: without a mark, a stage that only holds something back
 * would not be deployed, and what it holds would never go.
 */
export const HELD_KEY = "Tidegate::Held";

/** The same for a stage that only holds exports back: an output of this name. */
export const HELD_OUTPUT = "TidegateHeld";

/**
 * What a stage added to a template for the versions that are live. It is part of the deployed template itself, so that
 * every driver can contract a stack with nothing at hand but the stack.
 */
export interface Expansion {
  readonly format: 1;
  /** Resources that the synthesized template no longer has, by logical id. */
  readonly held: Readonly<Record<string, HeldResource>>;
  /** Names of what only the held resources need, by section. */
  readonly sections: Readonly<Record<CarriedSection, readonly string[]>>;
  /** Resources as the synthesized template has them, where the stage has them otherwise. */
  readonly restore: Readonly<Record<string, TemplateResource>>;
  /** Physical resources that this stage, or an earlier one, replaced, and that are not set to be retained. */
  readonly replaced: readonly ReplacedResource[];
  /**
   * References that the stage wrote out as values because they would have closed a cycle: their targets, by the logical
   * id of the resource that needs them. A later stage holds the targets as if they were still referred to.
   */
  readonly writtenOut?: Readonly<Record<string, readonly string[]>>;
  /** What of changed resources takes effect only after the promotion, by logical id. */
  readonly deferred?: Readonly<Record<string, readonly DeferredChange[]>>;
  /** Where the synthesized template is in S3, for a template that is too large to go with a call. */
  readonly contractUrl?: string;
}

/** A change that is made only after the promotion. */
export interface DeferredChange {
  /** A phrase for people, such as `the new Targets`. */
  readonly what: string;
  readonly why: string;
}

/** A physical resource that a stage replaces and that stays until the release is promoted. */
export interface ReplacedResource {
  readonly logicalId: string;
  readonly type: string;
  /** What `Ref` of the logical id named before the stage. */
  readonly physicalId: string;
}

/** A resource that stays until the release is promoted. */
export interface HeldResource {
  readonly type: string;
  /** Why it stays, for people: what a live version does with it. */
  readonly why: string;
}

/** Sections of a template besides its resources from which a held resource may need something. */
export const CARRIED_SECTIONS = ["Parameters", "Conditions", "Mappings", "Outputs"] as const;

/** A section of the template that a deployment keeps from the stack that is live. */
export type CarriedSection = (typeof CARRIED_SECTIONS)[number];

/** The expansion that a template carries; undefined where it is as it was synthesized. */
export function expansionOf(template: Template): Expansion | undefined {
  const found = template.Metadata?.[EXPANSION_KEY];
  return isExpansion(found) ? found : undefined;
}

function isExpansion(value: unknown): value is Expansion {
  return typeof value === "object" && value !== null && "format" in value && value.format === 1 && "held" in value;
}

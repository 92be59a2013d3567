import type { Target } from "./target.ts";
import type { StackState } from "./stack-state.ts";
import type { LiveMember } from "./live-members.ts";
import type { ReleaseMetadata } from "../assembly/release-metadata.ts";
import type { ReadTemplate } from "../assembly/read-template.ts";
import type { AssemblyStack } from "../assembly/assembly.ts";

/** One stack: what the assembly wants, and what is there. */
export interface StackView {
  readonly stack: AssemblyStack;
  readonly target: Target;
  /** The template as the assembly has it. */
  readonly synthesized: ReadTemplate;
  /** What the stack comes to: `synthesized`, with the deployed versions of what it does not change. See `keepVersions`. */
  readonly desired: ReadTemplate;
  /** What a stage deploys: `desired`, and what the live versions may depend on besides. */
  readonly staged: ReadTemplate;
  /** What the stage would take from the live versions: sentences without a full stop. */
  readonly stageProblems: readonly string[];
  readonly release: ReleaseMetadata | undefined;
  readonly state: StackState | undefined;
  /** The present values of the SSM parameters that the template looks up, by their names; without those that could not be read. */
  readonly ssmValues?: ReadonlyMap<string, string>;
  readonly deployedTemplate: string | undefined;
  readonly physicalIds: ReadonlyMap<string, string>;
  readonly live: readonly LiveMember[];
}

import type { ResourceChange, StackChanges } from "./diff-stacks.ts";

/** A list for people ends here. */
const MAX_NAMED = 20;

/** What aliases move, and a rollback takes back. */
const MOVED_BY_ALIASES: ReadonlySet<string> = new Set([
  "AWS::Lambda::Function",
  "AWS::Lambda::Version",
  "AWS::Lambda::Alias",
  "AWS::StepFunctions::StateMachine",
  "AWS::StepFunctions::StateMachineVersion",
  "AWS::StepFunctions::StateMachineAlias",
  "AWS::CDK::Metadata",
]);

const WORDS: Readonly<Record<ResourceChange["change"], string>> = {
  add: "added",
  update: "changed",
  replace: "replaced",
  "may-replace": "changed or replaced",
  remove: "removed",
  orphan: "left out of the stack",
};

/** Names the resources that a deploy changes besides the code behind its aliases: a rollback leaves them as they are. */
export function changedResources(diffs: readonly StackChanges[]): readonly string[] {
  const named = diffs
    .filter(({ isNew }) => !isNew)
    .flatMap(({ changes }) => changes.filter(({ type }) => !MOVED_BY_ALIASES.has(type)))
    .map(({ constructPath, logicalId, type, change }) => `${constructPath ?? logicalId} (${type}, ${WORDS[change]})`);
  const more = named.length - MAX_NAMED;
  return more <= 0 ? named : [...named.slice(0, MAX_NAMED), `and ${more} more`];
}

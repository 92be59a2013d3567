import { StackFailedError } from "../apply-stack.ts";
import type { StackView } from "../stack-view.ts";

/** How CloudFormation says that Lambda or Step Functions published nothing: in its present words and in earlier ones. */
const EXISTS = /(already|function) exists/i;
const VERSION_TYPES: ReadonlySet<string | undefined> = new Set([
  "AWS::Lambda::Version",
  "AWS::StepFunctions::StateMachineVersion",
]);

/**
 * The members whose versions were to be published by a stack that failed because one of them exists: the failure of one
 * cancels the others. Empty where the stack failed for another reason, or is not back where it was.
 */
export function refusedVersions(error: unknown, views: readonly StackView[]): readonly string[] {
  if (!(error instanceof StackFailedError) || error.remoteCode !== "UPDATE_ROLLBACK_COMPLETE") return [];
  const refused = error.failures.filter(
    ({ ResourceType, ResourceStatusReason = "" }) =>
      VERSION_TYPES.has(ResourceType) && EXISTS.test(ResourceStatusReason),
  );
  const ids = new Set(refused.map(({ LogicalResourceId }) => LogicalResourceId));
  const view = views.find(({ release }) => release?.members.some(({ version }) => ids.has(version)));
  const members = view?.release?.members ?? [];
  return members.flatMap(({ path, version }) => (view?.physicalIds.has(version) === true ? [] : [path]));
}

import type { StackView } from "./stack-view.ts";
import { AbortError, UserError } from "../errors.ts";
import type { IoHost } from "../io/message.ts";
import { formatCount } from "../util/format-count.ts";
import { compareStack, diffStack, type ResourceChange, type StackChanges, type StackDiff } from "./diff-stacks.ts";

/** Which changes need approval: all, those that widen permissions or destroy data, or none. */
export type ApprovalLevel = "any-change" | "dangerous" | "never";

/** Types whose removal or replacement loses data. */
const STATEFUL = new Set([
  "AWS::DynamoDB::Table",
  "AWS::DynamoDB::GlobalTable",
  "AWS::S3::Bucket",
  "AWS::SQS::Queue",
  "AWS::Kinesis::Stream",
  "AWS::Cognito::UserPool",
  "AWS::RDS::DBInstance",
  "AWS::RDS::DBCluster",
  "AWS::EFS::FileSystem",
  "AWS::SecretsManager::Secret",
  "AWS::KMS::Key",
]);

const ALIASED = new Set([
  "AWS::Lambda::Function",
  "AWS::Lambda::Alias",
  "AWS::StepFunctions::StateMachine",
  "AWS::StepFunctions::StateMachineAlias",
]);

/**
 * Shows the differences, refuses those that a weighted alias forbids, and asks for approval where the level requires
 * it.
 */
export async function approveChanges(
  views: readonly StackView[],
  options: { readonly level: ApprovalLevel; readonly allowReplacement: boolean; readonly host: IoHost },
): Promise<readonly StackChanges[]> {
  const compared = views.map(compareStack);
  if (!options.allowReplacement) refuseReplacedMembers(views, compared);
  for (const { displayName, deferred } of compared) {
    for (const text of deferred) {
      options.host.notify({ code: "DeferredChange", level: "info", text: `${displayName}: ${text}.` });
    }
  }
  if (options.level === "never") return compared;
  const diffs = await Promise.all(views.map(diffStack));
  const concerns = diffs.flatMap((diff) => concernsOf(diff, options.level));
  if (concerns.length === 0) return diffs;
  for (const diff of diffs) {
    options.host.notify({
      code: "StackDiff",
      level: "info",
      text: [diff.displayName, ...diff.lines].join("\n  "),
      data: diff,
    });
  }
  const agreed = await options.host.ask({
    code: "ApproveChanges",
    text: `Deploy this? ${concerns.join("; ")}.`,
    refusal: "Nothing was changed.",
  });
  if (!agreed) throw new AbortError("ApprovalNeeded", "Aborted: deployment not confirmed. No changes were made.");
  return diffs;
}

function concernsOf(diff: StackDiff, level: ApprovalLevel): string[] {
  if (diff.differences === 0) return [];
  const concerns: string[] = [];
  if (!diff.isNew && diff.broadensPermissions) concerns.push(`${diff.displayName} grants more permissions`);
  const lost = diff.changes.filter(
    ({ change, type }) => (change === "replace" || change === "remove") && STATEFUL.has(type),
  );
  for (const change of lost)
    concerns.push(`${change.change === "remove" ? "removes" : "replaces"} ${nameOf(change)} and its data`);
  if (concerns.length === 0 && level === "any-change")
    concerns.push(`${diff.displayName}: ${formatCount(diff.shown, "difference")}`);
  return concerns;
}

function refuseReplacedMembers(views: readonly StackView[], diffs: readonly StackChanges[]): void {
  const replaced = views.flatMap((view, index) => {
    const live = new Set(view.live.flatMap(({ member }) => [member.resource, member.alias]));
    return diffs[index]!.changes.filter(
      ({ change, type, logicalId }) => change === "replace" && ALIASED.has(type) && live.has(logicalId),
    );
  });
  if (replaced.length === 0) return;
  throw new UserError(
    "MemberReplaced",
    `${replaced.map(nameOf).join(", ")} would be replaced: what serves traffic now would be gone with its versions, and nothing could be rolled back to`,
    { fix: "Keep the name and the logical id, or accept it with --allow-replacement." },
  );
}

function nameOf({ constructPath, logicalId, type }: ResourceChange): string {
  return `${constructPath ?? logicalId} (${type})`;
}

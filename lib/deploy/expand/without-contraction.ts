import type { Change, ResourceChangeDetail } from "@aws-sdk/client-cloudformation";
import type { Expansion } from "./expansion.ts";

/**
 * The changes of a change set that are more than undoing what the stage held back: a held resource is deleted, or one
 * that was widened is narrowed to what the app says. CloudFormation also lists resources that read an attribute of a
 * narrowed resource, as `Dynamic`: these follow, and do not count as changes.
 */
export function withoutContraction(changes: readonly Change[], expansion: Expansion | undefined): readonly Change[] {
  if (expansion === undefined) return changes;
  const expected = new Set(changes.filter((change) => isContraction(change, expansion)).map(idOf));
  let others = changes.filter((change) => !expected.has(idOf(change)));
  for (;;) {
    const following = others.filter((change) => isFollowing(change, expected));
    if (following.length === 0) return others;
    for (const change of following) expected.add(idOf(change));
    others = others.filter((change) => !expected.has(idOf(change)));
  }
}

function isContraction(change: Change, { held, restore }: Expansion): boolean {
  const { Action, Replacement } = change.ResourceChange ?? {};
  if (Action === "Remove") return Object.hasOwn(held, idOf(change));
  return Action === "Modify" && Replacement !== "True" && Object.hasOwn(restore, idOf(change));
}

/** Whether all that may change of a resource is what it reads of expected ones. */
function isFollowing({ ResourceChange: change }: Change, expected: ReadonlySet<string>): boolean {
  const details = change?.Details ?? [];
  if (change?.Action !== "Modify" || change.Replacement === "True" || details.length === 0) return false;
  return details.every((detail) => detail.Evaluation === "Dynamic" && expected.has(causeOf(detail)));
}

/** The logical id in `Id.Attribute`. */
function causeOf({ CausingEntity = "" }: ResourceChangeDetail): string {
  const dot = CausingEntity.indexOf(".");
  return dot < 0 ? CausingEntity : CausingEntity.slice(0, dot);
}

function idOf({ ResourceChange: change }: Change): string {
  return change?.LogicalResourceId ?? "";
}

import type { Change, CloudFormationClient } from "@aws-sdk/client-cloudformation";
import { readChanges } from "./change-set.ts";

const ALIAS_TYPES: Readonly<Record<string, readonly string[]>> = {
  "AWS::Lambda::Alias": ["FunctionVersion"],
  "AWS::StepFunctions::StateMachineAlias": ["RoutingConfiguration"],
};
const NESTED = "AWS::CloudFormation::Stack";

/**
 * The changes that are more than pins which move. CloudFormation lists each nested stack of a parent as `Modify` in
 * every change set, and what reads its outputs as `Dynamic`, whether anything changes or not: what a nested stack's own
 * change set shows is what counts.
 */
export async function withoutPinChanges(client: CloudFormationClient, changes: readonly Change[]): Promise<Change[]> {
  const unchanged = new Set<string>();
  const others: Change[] = [];
  for (const change of changes) {
    if (isAliasVersionChange(change)) continue;
    const nested = isNestedUpdate(change) ? await changesInside(client, change) : [change];
    if (nested.length === 0) unchanged.add(change.ResourceChange?.LogicalResourceId ?? "");
    others.push(...nested);
  }
  return others.filter((change) => !onlyReads(change, unchanged));
}

/** Whether a change touches nothing but the version of an alias. */
export function isAliasVersionChange({ ResourceChange: change }: Change): boolean {
  const allowed = ALIAS_TYPES[change?.ResourceType ?? ""];
  if (allowed === undefined || change?.Action !== "Modify" || change.Replacement === "True") return false;
  return (change.Details ?? []).every(
    ({ Target }) => Target?.Attribute === "Properties" && allowed.includes(Target.Name ?? ""),
  );
}

/** A nested stack that its parent does not change itself: neither its template nor what it passes. */
function isNestedUpdate({ ResourceChange: change }: Change): boolean {
  if (change?.ResourceType !== NESTED || change.Action !== "Modify" || change.Replacement === "True") return false;
  return (change.Details ?? []).every(({ ChangeSource }) => ChangeSource === "Automatic");
}

async function changesInside(client: CloudFormationClient, change: Change): Promise<Change[]> {
  const nested = change.ResourceChange?.ChangeSetId;
  return nested === undefined ? [] : withoutPinChanges(client, await readChanges(client, nested));
}

/** Whether all that may change of a resource is what it reads of nested stacks that stay as they are. */
function onlyReads({ ResourceChange: change }: Change, unchanged: ReadonlySet<string>): boolean {
  const details = change?.Details ?? [];
  if (change?.Action !== "Modify" || change.Replacement === "True" || details.length === 0) return false;
  return details.every(
    ({ Evaluation, CausingEntity = "" }) =>
      Evaluation === "Dynamic" && unchanged.has(CausingEntity.split(".")[0] ?? ""),
  );
}

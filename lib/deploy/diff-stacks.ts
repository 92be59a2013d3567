import type { StackView } from "./stack-view.ts";
import { Writable } from "node:stream";
import type { TemplateDiff } from "@aws-cdk/cloudformation-diff";
import type { Template } from "../assembly/assembly.ts";
import { parseTemplate } from "../assembly/read-template.ts";
import { escapeControls } from "../util/escape-controls.ts";
import { withoutPinDefaults } from "./pin-defaults.ts";
import { hideReleaseParts, type MemberChange, memberChanges, renderMemberChange } from "./member-changes.ts";
import { withoutVersionMarks } from "./versions/version-mark.ts";
import { removedMembers } from "./member-moves.ts";
import { expansionOf } from "./expand/expansion.ts";

/** How one stack's template differs from what is deployed. */
export interface StackDiff {
  readonly stackName: string;
  readonly displayName: string;
  readonly isNew: boolean;
  readonly differences: number;
  /** How many of them `lines` shows. */
  readonly shown: number;
  /** Whether the change grants more permissions than before. */
  readonly broadensPermissions: boolean;
  readonly changes: readonly ResourceChange[];
  /** The functions and workflows that get a new version. */
  readonly members: readonly MemberChange[];
  /** Resources that stay until the release is promoted, by logical id, each with the reason. */
  readonly held: Readonly<Record<string, string>>;
  /** What takes effect only after the promotion: sentences without a full stop. */
  readonly deferred: readonly string[];
  /** What the stage would take from a live version: sentences without a full stop. */
  readonly stageProblems: readonly string[];
  /**
   * The same for a person to read: replacements, orphans and IAM changes are marked. Versions, aliases and metadata that
   * every release moves are left out.
   */
  readonly lines: readonly string[];
}

/** What happens to one resource. */
export interface ResourceChange {
  readonly logicalId: string;
  readonly type: string;
  readonly constructPath?: string;
  readonly change: "add" | "update" | "replace" | "may-replace" | "remove" | "orphan";
}

const CHANGE_OF_IMPACT: Readonly<Record<string, ResourceChange["change"]>> = {
  WILL_CREATE: "add",
  WILL_IMPORT: "add",
  WILL_UPDATE: "update",
  WILL_REPLACE: "replace",
  MAY_REPLACE: "may-replace",
  WILL_DESTROY: "remove",
  WILL_ORPHAN: "orphan",
};

/** Compares a stack's template with the deployed one, offline. Versions and pins that every release moves are left in. */
export async function diffStack(view: StackView): Promise<StackDiff> {
  const { fullDiff } = await import("@aws-cdk/cloudformation-diff");
  const { stack, desired, deployedTemplate, state } = view;
  const deployed = deployedTemplate === undefined ? {} : parseTemplate(deployedTemplate, stack.stackName);
  const diff = fullDiff(comparable(deployed), comparable(desired.template));
  const whole = {
    differences: diff.differenceCount,
    broadensPermissions: diff.permissionsBroadened,
    changes: listChanges(view, diff),
    members: memberChanges(view.release, diff, removedMembers(deployed, desired.template)),
  };
  hideReleaseParts(view.release, diff);
  return {
    ...whole,
    stackName: stack.stackName,
    displayName: stack.displayName,
    isNew: state === undefined,
    shown: diff.isEmpty ? whole.members.length : diff.differenceCount,
    held: heldBack(view),
    deferred: deferredBy(view),
    stageProblems: view.stageProblems,
    lines: [...whole.members.map(renderMemberChange).map(escapeControls), ...(await renderDiff(view, diff))],
  };
}

function comparable(template: Template): object {
  return structuredClone(withoutVersionMarks(withoutPinDefaults(template)));
}

function heldBack({ staged }: StackView): Record<string, string> {
  const { held = {}, replaced = [] } = expansionOf(staged.template) ?? {};
  const old = replaced.map(
    ({ logicalId, physicalId }) => [logicalId, `the old one, ${physicalId}, is in use`] as const,
  );
  const dropped = Object.entries(held).map(([logicalId, { why }]) => [logicalId, why] as const);
  return Object.fromEntries([...old, ...dropped]);
}

function deferredBy({ staged }: StackView): string[] {
  const { deferred = {} } = expansionOf(staged.template) ?? {};
  return Object.entries(deferred).flatMap(([id, changes]) =>
    changes.map(({ what, why }) => `${id} gets ${what} only after the promotion: ${why}`),
  );
}

function listChanges({ stack }: StackView, diff: TemplateDiff): ResourceChange[] {
  return Object.entries(diff.resources.changes).flatMap(([logicalId, resource]) => {
    const change = CHANGE_OF_IMPACT[resource.changeImpact];
    if (change === undefined) return [];
    const type = resource.newResourceType ?? resource.oldResourceType ?? "unknown";
    return [{ logicalId, type, constructPath: stack.origins.get(logicalId)?.constructPath, change }];
  });
}

async function renderDiff({ stack }: StackView, diff: TemplateDiff): Promise<string[]> {
  if (diff.isEmpty) return [];
  const { formatDifferences } = await import("@aws-cdk/cloudformation-diff");
  const paths = Object.fromEntries([...stack.origins].map(([id, { constructPath }]) => [id, constructPath]));
  let text = "";
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      text += chunk.toString();
      done();
    },
  });
  formatDifferences(sink, diff, paths);
  return escapeControls(stripColour(text)).trimEnd().split("\n");
}

function stripColour(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return text.replace(/\u001b\[[0-9;]*m/g, "");
}

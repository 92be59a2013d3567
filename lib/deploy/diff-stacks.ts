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
import { type TemplateChange, templateChanges } from "./template-changes.ts";
import { expansionOf } from "./expand/expansion.ts";

/** What an update does to one stack. */
export interface StackChanges {
  readonly stackName: string;
  readonly displayName: string;
  readonly isNew: boolean;
  readonly changes: readonly ResourceChange[];
  /** The functions and workflows that get a new version. */
  readonly members: readonly MemberChange[];
  /** Resources that stay until the release is promoted, by logical id, each with the reason. */
  readonly held: Readonly<Record<string, string>>;
  /** What takes effect only after the promotion: sentences without a full stop. */
  readonly deferred: readonly string[];
  /** What the stage would take from a live version: sentences without a full stop. */
  readonly stageProblems: readonly string[];
}

/** How one stack's template differs from what is deployed. */
export interface StackDiff extends StackChanges {
  readonly differences: number;
  /** How many of them `lines` shows. */
  readonly shown: number;
  /** Whether the change grants more permissions than before. */
  readonly broadensPermissions: boolean;
  /**
   * The same for a person to read: replacements, orphans and IAM changes are marked. Versions, aliases and metadata that
   * every release moves are left out.
   */
  readonly lines: readonly string[];
}

/** What happens to one resource. */
export interface ResourceChange extends Omit<TemplateChange, "properties"> {
  readonly constructPath?: string;
}

/** Compares a stack's template with the deployed one, offline. Versions and pins that every release moves are left in. */
export function compareStack(view: StackView): StackChanges {
  const { stack, state, release } = view;
  const [deployed, desired] = [deployedOf(view), comparable(view.desired.template)];
  const changes = templateChanges(deployed, desired);
  return {
    stackName: stack.stackName,
    displayName: stack.displayName,
    isNew: state === undefined,
    changes: changes.map(({ properties: _properties, ...change }) => ({
      ...change,
      constructPath: stack.origins.get(change.logicalId)?.constructPath,
    })),
    members: memberChanges(release, changes, removedMembers(deployed, desired)),
    held: heldBack(view),
    deferred: deferredBy(view),
    stageProblems: view.stageProblems,
  };
}

/** `compareStack`, with what a person reads. Loads the whole specification of AWS's resources: about a second. */
export async function diffStack(view: StackView): Promise<StackDiff> {
  const { fullDiff } = await import("@aws-cdk/cloudformation-diff");
  const diff = fullDiff(deployedOf(view), comparable(view.desired.template));
  const compared = compareStack(view);
  const whole = { differences: diff.differenceCount, broadensPermissions: diff.permissionsBroadened };
  hideReleaseParts(view.release, diff);
  return {
    ...compared,
    ...whole,
    shown: diff.isEmpty ? compared.members.length : diff.differenceCount,
    lines: [...compared.members.map(renderMemberChange).map(escapeControls), ...(await renderDiff(view, diff))],
  };
}

function deployedOf({ stack, deployedTemplate }: StackView): Template {
  return comparable(deployedTemplate === undefined ? {} : parseTemplate(deployedTemplate, stack.stackName));
}

function comparable(template: Template): Template {
  return withoutVersionMarks(withoutPinDefaults(template));
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

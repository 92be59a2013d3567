import type { Change } from "@aws-sdk/client-cloudformation";
import { createHash } from "node:crypto";
import type { AssemblyStack } from "../assembly/assembly.ts";
import type { ReleaseMember } from "../assembly/release-metadata.ts";
import type { IoHost } from "../io/message.ts";
import { RemoteError } from "../errors.ts";
import type { FinaliseOutcome, FinaliseRequest } from "../release/engine.ts";
import { followUntilDone } from "./follow-stack.ts";
import { discardChangeSet, executeChangeSet, prepareChangeSet } from "./change-set.ts";
import { describeContracted } from "./expand/describe-expansion.ts";
import { type Contraction, readContraction } from "./expand/read-contraction.ts";
import { withoutContraction } from "./expand/without-contraction.ts";
import { withoutPinChanges } from "./pin-changes.ts";
import { EventFollower, type FollowedStack } from "./stack-events.ts";
import { readStackState, type StackState } from "./stack-state.ts";
import { patientStackClients } from "./stack-clients.ts";
import { fillPlaceholders, type Target } from "./target.ts";

/** What is needed of a stack to set its pins. */
export type FinalisedStack = FollowedStack & Pick<AssemblyStack, "assumeRoleArn" | "executionRoleArn">;

/** A member and the parameter that pins it. */
export type PinnedMember = Pick<ReleaseMember, "path" | "parameter">;

/** One stack whose pins are to follow the aliases. */
export interface FinaliseJob {
  readonly stack: FinalisedStack;
  readonly target: Target;
  readonly members: readonly PinnedMember[];
}

/** What finalising is done with. */
export interface FinaliseContext extends Pick<FinaliseRequest, "contracts" | "signal" | "confirm"> {
  readonly host: IoHost;
}

/**
 * Sets the pin parameters of one stack to the versions that are live, by a change set with the previous template, or,
 * where the stage held something back, with the template as it was synthesized. It must show nothing but the aliases'
 * versions and what the stage held back; one that shows more is refused, and nothing is changed. Returns what older
 * versions may still need and is gone, for people.
 */
export async function finaliseStack(
  job: FinaliseJob,
  live: ReadonlyMap<string, string>,
  fence: number,
  context: FinaliseContext,
): Promise<readonly string[]> {
  const { stack, target } = job;
  const { deployRole: client } = await patientStackClients(target, stack);
  const state = await readStackState(client, stack.stackName);
  if (state === undefined)
    throw new RemoteError("StackGone", `The stack ${stack.stackName} is gone: its pins cannot be set`);
  const pins = changedPins(job.members, state, live);
  const contraction = context.contracts ? await readContraction(client, stack.stackName) : undefined;
  if (pins.size === 0 && contraction === undefined) return [];
  const input = finaliseInput(job, state, pins, fence, contraction);
  const changeSet = await prepareChangeSet(client, input, context.signal, target.pause);
  if (changeSet === undefined) return [];
  const others = await withoutPinChanges(client, changeSet.changes);
  const foreign = withoutContraction(others, contraction?.expansion);
  if (foreign.length > 0) {
    await discardChangeSet(client, changeSet);
    throw new RemoteError(
      "FinaliseShowsMore",
      `Setting the pins of ${stack.stackName} would also change ${foreign.map(nameOf).join(", ")}; it was refused`,
      {
        fix: "Traffic is right already. Deploy again: the template and the stack are brought together then.",
      },
    );
  }
  const follower = new EventFollower(client, stack, context.host, { purpose: "finalise" });
  await follower.skipPast(changeSet.stackId);
  await context.confirm();
  await executeChangeSet(client, changeSet);
  const reached = await followUntilDone(client, changeSet.stackId, follower, target.pause);
  if (reached.status !== "UPDATE_COMPLETE") {
    throw new RemoteError(
      "FinaliseFailed",
      `Setting the pins of ${stack.stackName} ended ${reached.status}: ${reached.statusReason ?? "no reason was given"}`,
    );
  }
  // Old resources of replaced ones outlive the stack's template: they are deleted after it, if at all.
  return contraction === undefined ? [] : describeContracted(stack.stackName, contraction.expansion);
}

function changedPins(
  members: readonly PinnedMember[],
  state: StackState,
  live: ReadonlyMap<string, string>,
): Map<string, string> {
  const pins = new Map<string, string>();
  for (const { parameter, path } of members) {
    const version = live.get(path);
    if (version === undefined || !(parameter in state.parameters)) continue;
    if (state.parameters[parameter] !== version) pins.set(parameter, version);
  }
  return pins;
}

function finaliseInput(
  { stack, target }: FinaliseJob,
  state: StackState,
  pins: ReadonlyMap<string, string>,
  fence: number,
  contraction: Contraction | undefined,
) {
  const content = JSON.stringify([[...pins], contraction?.source ?? null]);
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 16);
  const names = Object.keys(state.parameters).filter((name) => contraction?.parameters.has(name) ?? true);
  return {
    StackName: stack.stackName,
    ChangeSetName: `tidegate-finalise-${fence}-${hash}`,
    ChangeSetType: "UPDATE" as const,
    Description: "tidegate: pins follow the aliases, and what only older versions needed goes",
    ...(contraction?.source ?? { UsePreviousTemplate: true }),
    Parameters: names.map((ParameterKey) => {
      const version = pins.get(ParameterKey);
      return version === undefined
        ? { ParameterKey, UsePreviousValue: true }
        : { ParameterKey, ParameterValue: version };
    }),
    Capabilities: ["CAPABILITY_IAM" as const, "CAPABILITY_NAMED_IAM" as const, "CAPABILITY_AUTO_EXPAND" as const],
    RoleARN: stack.executionRoleArn === undefined ? undefined : fillPlaceholders(stack.executionRoleArn, target),
    Tags: Object.entries(state.tags).map(([Key, Value]) => ({ Key, Value })),
    IncludeNestedStacks: true,
  };
}

/** How a finalise that failed is reported to the engine: a refused change set changed nothing. */
export function finaliseFailure(error: unknown, where = ""): FinaliseOutcome {
  const reason = `${where}${error instanceof Error ? error.message : String(error)}`;
  const code = error instanceof RemoteError ? error.code : undefined;
  return {
    kind: "failed",
    reason,
    ...(code === "FinaliseShowsMore" && { refused: true }),
    ...(code === "AliasMoved" && { untouched: true }),
  };
}

function nameOf({ ResourceChange: change }: Change): string {
  return `${change?.LogicalResourceId} (${change?.ResourceType}, ${change?.Action})`;
}

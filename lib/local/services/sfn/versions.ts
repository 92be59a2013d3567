import { getKnown } from "../../../util/get-known.ts";
import { findMachine, pickSettings } from "./find-machine.ts";
import type { Nothing } from "../../kit/operation-types.ts";
import { AwsError } from "../../aws-error.ts";
import type { MachineRecord, VersionRecord } from "./records.ts";
import { checkArn, page } from "./errors.ts";
import type { Input, Output, Sfn } from "./context.ts";

/** Publishes the machine as it is. What was published already is answered again, not published twice. */
export function publishStateMachineVersion(
  sfn: Sfn,
  input: Input<"PublishStateMachineVersion">,
): Output<"PublishStateMachineVersion"> {
  const machine = findMachine(sfn, input.stateMachineArn);
  const { revisionId } = input;
  if (revisionId !== undefined && revisionId !== (machine.revisionId ?? "INITIAL")) {
    throw new AwsError(
      "ConflictException",
      `Failed to publish the State Machine version for revision ${revisionId}. The current State Machine revision is ${machine.revisionId ?? "INITIAL"}.`,
    );
  }
  const version = publish(sfn, machine, input.description);
  return { stateMachineVersionArn: version.arn, creationDate: new Date(version.createdMs) };
}

/** Publishes a state machine as it is; returns the latest version where nothing changed since. */
export function publish(sfn: Sfn, given: MachineRecord, description: string | undefined): VersionRecord {
  const machine = getKnown(sfn.machines, given.arn);
  const newest = sfn.versions.get(`${machine.arn}:${machine.lastVersion}`);
  if (newest !== undefined && newest.revisionId === machine.revisionId) return newest;
  const number = machine.lastVersion + 1;
  const version: VersionRecord = {
    ...pickSettings(machine),
    arn: `${machine.arn}:${number}`,
    machineArn: machine.arn,
    number,
    createdMs: sfn.cloud.clock.now(),
    ...(machine.revisionId !== undefined && { revisionId: machine.revisionId }),
    ...(description !== undefined && { description }),
  };
  sfn.machines.put(machine.arn, { ...machine, lastVersion: number });
  sfn.versions.put(version.arn, version);
  return version;
}

/** Lists a state machine's versions, newest first, a page at a time. */
export function listStateMachineVersions(
  sfn: Sfn,
  input: Input<"ListStateMachineVersions">,
): Output<"ListStateMachineVersions"> {
  const machine = findMachine(sfn, input.stateMachineArn);
  const all = sfn.versions
    .list(`${machine.arn}:`)
    .map(([, version]) => version)
    .sort((a, b) => b.number - a.number);
  const { items, nextToken } = page(all, input.maxResults, input.nextToken);
  return {
    stateMachineVersions: items.map(({ arn, createdMs }) => ({
      stateMachineVersionArn: arn,
      creationDate: new Date(createdMs),
    })),
    nextToken,
  };
}

/** Deleting a version that is not there succeeds; one that an alias leads to is kept. */
export function deleteStateMachineVersion(sfn: Sfn, input: Input<"DeleteStateMachineVersion">): Nothing {
  const arn = checkArn(input.stateMachineVersionArn);
  const version = sfn.versions.get(arn);
  if (version === undefined) return {};
  const names = sfn.aliases
    .list(`${version.machineArn}:`)
    .filter(([, { routing }]) => routing.some((route) => route.version === arn))
    .map(([, { name }]) => name);
  if (names.length > 0) {
    throw new AwsError(
      "ConflictException",
      `Version to be deleted must not be referenced by an alias. Current list of aliases referencing this version: [${names.join(", ")}]`,
    );
  }
  sfn.versions.delete(arn);
  return {};
}

import { findMachine, pickSettings } from "./find-machine.ts";
import type { Nothing } from "../../kit/operation-types.ts";
import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { LoggingConfiguration } from "@aws-sdk/client-sfn";
import { AwsError } from "../../aws-error.ts";
import type { RequestContext } from "../../service.ts";
import { checkDefinition, problemsOf } from "./check-definition.ts";
import type { ExecutionRecord, MachineRecord, MachineSettings, VersionRecord } from "./records.ts";
import { checkArn, checkName, executionMissing, invalid, page } from "./errors.ts";
import type { Input, Output, Sfn } from "./context.ts";
import { AWS_OWNED } from "./encryption.ts";
import { referencesOf } from "./variable-references.ts";
import { requireRole } from "./require-role.ts";
import { publish } from "./versions.ts";

/** Creates a state machine. The same call again answers the same machine. */
export async function createStateMachine(
  sfn: Sfn,
  input: Input<"CreateStateMachine">,
  { account, region }: RequestContext,
): Promise<Output<"CreateStateMachine">> {
  const name = checkName(input.name);
  const type = input.type ?? "STANDARD";
  if (input.publish !== true && input.versionDescription !== undefined) {
    throw invalid("Version description can only be set when publish is true");
  }
  checkDefinition(input.definition ?? "", type);
  if (!/^arn:aws[a-z-]*:iam::\d{12}:role\/.+/.test(input.roleArn ?? "")) {
    throw new AwsError("InvalidArn", `Invalid Role Arn: '${input.roleArn ?? ""}'`);
  }
  const arn = `arn:aws:states:${region}:${account}:stateMachine:${name}`;
  const settings = settingsOf(input);
  await requireRole(sfn.cloud, { arn, region }, settings);
  const before = sfn.machines.get(arn);
  if (before !== undefined && !(before.type === type && isDeepStrictEqual(pickSettings(before), settings))) {
    throw new AwsError("StateMachineAlreadyExists", `State Machine Already Exists: '${arn}'`);
  }
  const record: MachineRecord = before ?? {
    ...settings,
    arn,
    region,
    name,
    type,
    createdMs: sfn.cloud.clock.now(),
    lastVersion: 0,
    tags: input.tags ?? [],
  };
  sfn.machines.put(arn, record);
  const version = input.publish === true ? publish(sfn, record, input.versionDescription) : undefined;
  return {
    stateMachineArn: arn,
    creationDate: new Date(record.createdMs),
    ...(version !== undefined && { stateMachineVersionArn: version.arn }),
  };
}

/** Changes a state machine's definition, role or logging. Running executions keep the old ones. */
export async function updateStateMachine(
  sfn: Sfn,
  input: Input<"UpdateStateMachine">,
): Promise<Output<"UpdateStateMachine">> {
  const { arn, region } = findMachine(sfn, input.stateMachineArn);
  if (input.publish !== true && input.versionDescription !== undefined) {
    throw invalid("Version description can only be set when publish is true");
  }
  const { definition, roleArn, loggingConfiguration, tracingConfiguration } = input;
  if (![definition, roleArn, loggingConfiguration, tracingConfiguration].some((given) => given !== undefined)) {
    throw new AwsError(
      "MissingRequiredParameter",
      "Either the definition, the role ARN, the LoggingConfiguration, or the TracingConfiguration must be specified",
    );
  }
  if (definition !== undefined) checkDefinition(definition, findMachine(sfn, arn).type);
  const merge = (before: MachineSettings): MachineSettings => ({
    definition: definition ?? before.definition,
    roleArn: roleArn ?? before.roleArn,
    loggingConfiguration:
      loggingConfiguration === undefined ? before.loggingConfiguration : readLogging(loggingConfiguration),
    tracing: tracingConfiguration?.enabled ?? before.tracing,
  });
  await requireRole(sfn.cloud, { arn, region }, merge(findMachine(sfn, arn)));
  // Another update may have come first.
  const before = findMachine(sfn, arn);
  const settings = merge(before);
  const changed = !isDeepStrictEqual(settings, pickSettings(before));
  const updatedMs = sfn.cloud.clock.now();
  const record: MachineRecord = { ...before, ...settings, updatedMs, ...(changed && { revisionId: randomUUID() }) };
  sfn.machines.put(record.arn, record);
  const version = input.publish === true ? publish(sfn, record, input.versionDescription) : undefined;
  return {
    updateDate: new Date(updatedMs),
    ...(record.revisionId !== undefined && { revisionId: record.revisionId }),
    ...(version !== undefined && { stateMachineVersionArn: version.arn }),
  };
}

/** Returns a state machine, or the version or alias that the ARN names. */
export function describeStateMachine(sfn: Sfn, input: Input<"DescribeStateMachine">): Output<"DescribeStateMachine"> {
  const { machine, version } = findAny(sfn, input.stateMachineArn);
  const said = version ?? machine;
  const { revisionId } = said;
  return {
    stateMachineArn: said.arn,
    name: machine.name,
    status: "ACTIVE",
    definition: said.definition,
    roleArn: said.roleArn,
    type: machine.type,
    creationDate: new Date(said.createdMs),
    loggingConfiguration: said.loggingConfiguration,
    tracingConfiguration: { enabled: said.tracing },
    encryptionConfiguration: AWS_OWNED,
    ...referencesOf(said.definition),
    ...(revisionId !== undefined && { revisionId }),
    ...(version?.description !== undefined && { description: version.description }),
  };
}

/** The machine as it was at the start of the execution. */
export function describeStateMachineForExecution(
  sfn: Sfn,
  input: Input<"DescribeStateMachineForExecution">,
): Output<"DescribeStateMachineForExecution"> {
  const execution: ExecutionRecord | undefined = sfn.executions.get(checkArn(input.executionArn));
  if (execution === undefined) throw executionMissing(input.executionArn);
  const machine = sfn.machines.get(execution.machineArn);
  return {
    stateMachineArn: execution.machineArn,
    name: execution.machineName,
    definition: execution.definition,
    roleArn: execution.roleArn,
    updateDate: new Date(machine?.updatedMs ?? machine?.createdMs ?? execution.startedMs),
    loggingConfiguration: execution.loggingConfiguration,
    tracingConfiguration: { enabled: machine?.tracing ?? false },
    encryptionConfiguration: AWS_OWNED,
    ...referencesOf(execution.definition),
    ...(execution.revisionId !== undefined && { revisionId: execution.revisionId }),
    ...(execution.mapRunArn !== undefined && {
      mapRunArn: execution.mapRunArn,
      label: execution.machineName.slice(execution.machineName.indexOf("/") + 1),
    }),
  };
}

/** Lists the region's state machines, a page at a time. */
export function listStateMachines(
  sfn: Sfn,
  input: Input<"ListStateMachines">,
  { region }: RequestContext,
): Output<"ListStateMachines"> {
  const all = sfn.machines.list().map(([, machine]) => machine);
  const { items, nextToken } = page(
    all.filter((machine) => machine.region === region),
    input.maxResults,
    input.nextToken,
  );
  return {
    stateMachines: items.map(({ arn, name, type, createdMs }) => ({
      stateMachineArn: arn,
      name,
      type,
      creationDate: new Date(createdMs),
    })),
    nextToken,
  };
}

/** Takes the machine with its versions and aliases away. Deleting what is not there succeeds. */
export async function deleteStateMachine(sfn: Sfn, input: Input<"DeleteStateMachine">): Promise<Nothing> {
  const arn = checkArn(input.stateMachineArn);
  if (sfn.machines.get(arn) === undefined) return {};
  const running = sfn.executions.ofMachine(arn).filter(({ status }) => status === "RUNNING");
  await Promise.all(running.map((execution) => sfn.runner.stop(execution.arn, {})));
  sfn.machines.delete(arn);
  for (const [key] of sfn.versions.list(`${arn}:`)) sfn.versions.delete(key);
  for (const [key] of sfn.aliases.list(`${arn}:`)) sfn.aliases.delete(key);
  sfn.executions.forgetMachine(arn);
  sfn.mapRuns.forgetMachine(arn);
  return {};
}

/** Checks a definition and returns its problems with their places. */
export function validateStateMachineDefinition(
  _sfn: Sfn,
  input: Input<"ValidateStateMachineDefinition">,
): Output<"ValidateStateMachineDefinition"> {
  const problems = problemsOf(input.definition ?? "", input.type ?? "STANDARD");
  const most = input.maxResults === undefined || input.maxResults === 0 ? 100 : input.maxResults;
  return {
    result: problems.length > 0 ? "FAIL" : "OK",
    diagnostics: problems.slice(0, most).map((problem) => ({ ...problem, severity: "ERROR" as const })),
    truncated: problems.length > most,
  };
}

/** The machine of an ARN with or without a version. */
export function findAny(sfn: Sfn, arn: string | undefined): { machine: MachineRecord; version?: VersionRecord } {
  const version = sfn.versions.get(checkArn(arn));
  if (version === undefined) return { machine: findMachine(sfn, arn) };
  return { machine: findMachine(sfn, version.machineArn), version };
}

function settingsOf(input: Input<"CreateStateMachine">): MachineSettings {
  return {
    definition: input.definition,
    roleArn: input.roleArn,
    loggingConfiguration: readLogging(input.loggingConfiguration ?? {}),
    tracing: input.tracingConfiguration?.enabled ?? false,
  };
}

function readLogging({ level = "OFF", includeExecutionData = false, destinations }: LoggingConfiguration) {
  const count = destinations?.length ?? 0;
  if (count > 1 || (level !== "OFF" && count === 0)) {
    throw new AwsError(
      "InvalidLoggingConfiguration",
      "Invalid Logging Configuration: Must specify exactly one Log Destination.",
    );
  }
  return { level, includeExecutionData, ...(destinations !== undefined && count > 0 && { destinations }) };
}

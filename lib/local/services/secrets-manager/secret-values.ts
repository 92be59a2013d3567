import { randomUUID } from "node:crypto";
import type { RequestContext } from "../../service.ts";
import { requireSecret, save, type Input, type Output, type Secrets } from "./context.ts";
import { alreadyExists, invalidParameter, invalidRequest, notFound } from "./errors.ts";
import { CURRENT, type SecretRecord, type SecretVersion } from "./secret-record.ts";
import { moveStage, removeStage } from "./version-stages.ts";

/** A value as requests give it. */
export interface ValueInput {
  readonly ClientRequestToken?: string | undefined;
  readonly SecretString?: string | undefined;
  readonly SecretBinary?: Uint8Array | undefined;
}

const LONGEST_BYTES = 65_536;
const MOST_STAGES = 20;
const MOST_DEPRECATED = 100;
const DAY_MS = 86_400_000;

/** Returns a version's value, by version id or staging label; else the current one. */
export function getSecretValue(
  secrets: Secrets,
  input: Input<"GetSecretValue">,
  context: RequestContext,
): Output<"GetSecretValue"> {
  const record = requireSecret(secrets, context, input.SecretId);
  const version = selectVersion(record, input);
  const accessedMs = Math.floor(secrets.cloud.clock.now() / DAY_MS) * DAY_MS;
  if (version.accessedMs !== accessedMs) {
    const versions = record.versions.map((each) => (each === version ? { ...each, accessedMs } : each));
    save(secrets, context, { ...record, accessedMs, versions });
  }
  return describeValue(secrets, record, version);
}

/** Adds a version, which becomes current unless the request names other staging labels. */
export function putSecretValue(
  secrets: Secrets,
  input: Input<"PutSecretValue">,
  context: RequestContext,
): Output<"PutSecretValue"> {
  const record = requireSecret(secrets, context, input.SecretId);
  const stages = input.VersionStages ?? [CURRENT];
  if (stages.length > MOST_STAGES) {
    throw invalidParameter(`A version can have at most ${MOST_STAGES} staging labels.`);
  }
  const id = readToken(input, context, invalidRequest);
  const changed = addVersion(secrets, record, { ...input, ClientRequestToken: id }, stages);
  save(secrets, context, changed);
  const version = changed.versions.find((each) => each.id === id)!;
  return { ARN: record.arn, Name: record.name, VersionId: id, VersionStages: [...version.stages] };
}

/** Moves a staging label from one version to another, or removes it. */
export function updateSecretVersionStage(
  secrets: Secrets,
  input: Input<"UpdateSecretVersionStage">,
  context: RequestContext,
): Output<"UpdateSecretVersionStage"> {
  const record = requireSecret(secrets, context, input.SecretId);
  const { VersionStage: stage, MoveToVersionId: to, RemoveFromVersionId: from } = input;
  for (const id of [to, from]) if (id !== undefined) requireVersion(record, id);
  const holder = record.versions.find((version) => version.stages.includes(stage));
  if (from !== undefined && holder?.id !== from) {
    throw invalidParameter(`Staging label ${stage} is not currently attached to version ${from}.`);
  }
  if (holder && holder.id !== to && from === undefined) {
    throw invalidParameter(
      `The parameter RemoveFromVersionId can't be empty. Staging label ${stage} is currently attached to version ${holder.id}, so you must explicitly reference that version in RemoveFromVersionId.`,
    );
  }
  if (to === undefined && stage === CURRENT) {
    throw invalidParameter(
      `You can only move staging label ${CURRENT} to a different secret version. It can't be completely removed.`,
    );
  }
  const versions = to === undefined ? removeStage(record.versions, stage) : moveStage(record.versions, stage, to);
  save(secrets, context, { ...record, versions, changedMs: secrets.cloud.clock.now() });
  return { ARN: record.arn, Name: record.name };
}

/** The secret with one more version; the same token with the same value changes nothing. */
export function addVersion(
  secrets: Secrets,
  record: SecretRecord,
  input: ValueInput,
  stages: readonly string[] = [CURRENT],
): SecretRecord {
  const id = input.ClientRequestToken!;
  const { form, bytes } = readValue(input);
  const existing = record.versions.find((version) => version.id === id);
  if (existing) {
    if (existing.form === form && secrets.cipher.decrypt(existing.sealed).equals(bytes)) return record;
    throw alreadyExists(
      `You can't use ClientRequestToken ${id} because that value is already in use for a version of secret ${record.arn}.`,
    );
  }
  const createdMs = secrets.cloud.clock.now();
  const version: SecretVersion = { id, createdMs, sealed: secrets.cipher.encrypt(bytes), form, stages: [] };
  // The first value is current, regardless of its stages.
  const wanted = record.versions.length === 0 ? [...new Set([...stages, CURRENT])] : stages;
  const versions = wanted.reduce<SecretVersion[]>(
    (all, stage) => moveStage(all, stage, id),
    [...record.versions, version],
  );
  return { ...record, versions: dropDeprecated(versions), changedMs: createdMs };
}

/** The token that becomes the version's id. SDKs make one up; services of the cloud itself need not. */
export function readToken(
  { ClientRequestToken: token }: ValueInput,
  context: RequestContext,
  refuse: (message: string) => Error,
): string {
  if (token !== undefined) {
    if (token.length >= 32 && token.length <= 64) return token;
    throw invalidParameter("ClientRequestToken must be between 32 and 64 characters long.");
  }
  if (context.http === undefined) return randomUUID();
  throw refuse("You must provide a ClientRequestToken value. We recommend a UUID-type value.");
}

/** Whether the request brings a value. */
export function hasValue({ SecretString, SecretBinary }: ValueInput): boolean {
  return SecretString !== undefined || SecretBinary !== undefined;
}

/** A version with its value in the clear. */
export function describeValue(secrets: Secrets, record: SecretRecord, version: SecretVersion) {
  const bytes = secrets.cipher.decrypt(version.sealed);
  return {
    ARN: record.arn,
    Name: record.name,
    VersionId: version.id,
    ...(version.form === "string" ? { SecretString: bytes.toString() } : { SecretBinary: new Uint8Array(bytes) }),
    VersionStages: [...version.stages],
    CreatedDate: new Date(version.createdMs),
  };
}

/** The version that a request names by id, by stage, or both; the current one where it names none. */
export function selectVersion(
  record: SecretRecord,
  { VersionId: id, VersionStage: stage }: { VersionId?: string | undefined; VersionStage?: string | undefined },
): SecretVersion {
  if (id === undefined) {
    const label = stage ?? CURRENT;
    const staged = record.versions.find((version) => version.stages.includes(label));
    if (staged) return staged;
    throw notFound(`Secrets Manager can't find the specified secret value for staging label: ${label}`);
  }
  const version = requireVersion(record, id);
  if (stage === undefined || version.stages.includes(stage)) return version;
  throw invalidRequest("You provided a VersionStage that is not associated to the provided VersionId.");
}

function requireVersion(record: SecretRecord, id: string): SecretVersion {
  const version = record.versions.find((each) => each.id === id);
  if (version) return version;
  throw notFound(`Secrets Manager can't find the specified secret value for VersionId: ${id}`);
}

function readValue({ SecretString: text, SecretBinary: binary }: ValueInput) {
  if (text !== undefined && binary !== undefined) {
    throw invalidParameter(
      "You can't specify both a binary secret value and a string secret value in the same secret.",
    );
  }
  if (text === undefined && binary === undefined) {
    throw invalidRequest("You must provide either SecretString or SecretBinary.");
  }
  const bytes = Buffer.from(text ?? binary!);
  if (bytes.length === 0 || bytes.length > LONGEST_BYTES) {
    throw invalidParameter(`The secret value must be between 1 and ${LONGEST_BYTES} bytes long.`);
  }
  return { form: text === undefined ? ("binary" as const) : ("string" as const), bytes };
}

function dropDeprecated(versions: readonly SecretVersion[]): SecretVersion[] {
  const surplus = new Set(versions.filter(({ stages }) => stages.length === 0).slice(0, -MOST_DEPRECATED));
  return versions.filter((version) => !surplus.has(version));
}

import { randomBytes } from "node:crypto";
import type { RequestContext } from "../../service.ts";
import { addVersion, hasValue, readToken } from "./secret-values.ts";
import {
  findSecret,
  invalidName,
  keyOf,
  requireAnySecret,
  requireSecret,
  save,
  type Input,
  type Output,
  type Secrets,
} from "./context.ts";
import { alreadyExists, invalidParameter, invalidRequest } from "./errors.ts";
import type { SecretRecord } from "./secret-record.ts";
import { validateSecretTags } from "./tags.ts";

const DAY_MS = 86_400_000;
const LONGEST_NAME = 512;
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** Creates a secret, with its first version where a value is given. */
export function createSecret(
  secrets: Secrets,
  input: Input<"CreateSecret">,
  context: RequestContext,
): Output<"CreateSecret"> {
  const name = input.Name;
  if (!/^[\w/+=.@!-]+$/.test(name) || name.length > LONGEST_NAME) throw invalidName();
  const token = readToken(input, context, invalidRequest);
  validateSecretTags(input.Tags ?? []);
  const existing = findSecret(secrets, context, name);
  if (existing) return createAgain(secrets, existing, { ...input, ClientRequestToken: token });
  const nowMs = secrets.cloud.clock.now();
  const empty: SecretRecord = {
    name,
    arn: `arn:aws:secretsmanager:${context.region}:${context.account}:secret:${name}-${suffix()}`,
    ...(input.Description === undefined ? {} : { description: input.Description }),
    ...(input.KmsKeyId === undefined ? {} : { kmsKeyId: input.KmsKeyId }),
    createdMs: nowMs,
    changedMs: nowMs,
    tags: input.Tags ?? [],
    versions: [],
  };
  const filled = hasValue(input) ? addVersion(secrets, empty, { ...input, ClientRequestToken: token }) : empty;
  save(secrets, context, filled);
  return { ARN: filled.arn, Name: name, ...(hasValue(input) ? { VersionId: token } : {}) };
}

/** A repeated request, recognized by its token, has succeeded already. */
function createAgain(secrets: Secrets, existing: SecretRecord, input: Input<"CreateSecret">): Output<"CreateSecret"> {
  if (existing.deletion) {
    throw invalidRequest(
      "You can't create this secret because a secret with this name is already scheduled for deletion.",
    );
  }
  const repeated = existing.versions.some((version) => version.id === input.ClientRequestToken);
  if (!repeated || !hasValue(input)) {
    throw alreadyExists(`The operation failed because the secret ${existing.name} already exists.`);
  }
  addVersion(secrets, existing, input);
  return { ARN: existing.arn, Name: existing.name, VersionId: input.ClientRequestToken };
}

/** Changes a secret's description, or adds a version with a new value. */
export function updateSecret(
  secrets: Secrets,
  input: Input<"UpdateSecret">,
  context: RequestContext,
): Output<"UpdateSecret"> {
  const record = requireSecret(secrets, context, input.SecretId);
  const token = readToken(input, context, invalidRequest);
  const changed: SecretRecord = {
    ...record,
    changedMs: secrets.cloud.clock.now(),
    ...(input.Description === undefined ? {} : { description: input.Description }),
    ...(input.KmsKeyId === undefined ? {} : { kmsKeyId: input.KmsKeyId }),
  };
  const filled = hasValue(input) ? addVersion(secrets, changed, { ...input, ClientRequestToken: token }) : changed;
  save(secrets, context, filled);
  return { ARN: record.arn, Name: record.name, ...(hasValue(input) ? { VersionId: token } : {}) };
}

/** Schedules a secret for deletion in 7 to 30 days, or deletes it at once. */
export function deleteSecret(
  secrets: Secrets,
  input: Input<"DeleteSecret">,
  context: RequestContext,
): Output<"DeleteSecret"> {
  const { ForceDeleteWithoutRecovery: force, RecoveryWindowInDays: days } = input;
  if (force && days !== undefined) {
    throw invalidParameter("You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.");
  }
  if (days !== undefined && (days < 7 || days > 30)) {
    throw invalidParameter("The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).");
  }
  const nowMs = secrets.cloud.clock.now();
  if (force) return deleteNow(secrets, input, context, nowMs);
  const record = requireAnySecret(secrets, context, input.SecretId);
  if (record.deletion) {
    throw invalidRequest(
      "You can't perform this operation on the secret because it was already scheduled for deletion.",
    );
  }
  const dueMs = nowMs + (days ?? 30) * DAY_MS;
  save(secrets, context, { ...record, deletion: { markedMs: nowMs, dueMs } });
  return { ARN: record.arn, Name: record.name, DeletionDate: new Date(dueMs) };
}

/** Forced, also a secret that is not there counts as deleted. */
function deleteNow(
  secrets: Secrets,
  input: Input<"DeleteSecret">,
  context: RequestContext,
  nowMs: number,
): Output<"DeleteSecret"> {
  const record = findSecret(secrets, context, input.SecretId);
  if (record === undefined) return { Name: input.SecretId, DeletionDate: new Date(nowMs) };
  secrets.records.delete(keyOf(context, record.name));
  return { ARN: record.arn, Name: record.name, DeletionDate: new Date(nowMs) };
}

/** Cancels a scheduled deletion. */
export function restoreSecret(
  secrets: Secrets,
  input: Input<"RestoreSecret">,
  context: RequestContext,
): Output<"RestoreSecret"> {
  const { deletion: _taken, ...record } = requireAnySecret(secrets, context, input.SecretId);
  save(secrets, context, record);
  return { ARN: record.arn, Name: record.name };
}

function suffix(): string {
  return [...randomBytes(6)].map((byte) => ALPHABET[byte % ALPHABET.length]).join("");
}

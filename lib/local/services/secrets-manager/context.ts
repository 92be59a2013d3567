import type { Input as InputOf, Output as OutputOf } from "../../kit/operation-types.ts";
import type { Cloud, OperationsOf, RequestContext } from "../../service.ts";
import { LocalCipher } from "../../state/local-cipher.ts";
import type { Collection } from "../../state/store.ts";
import { markedForDeletion, noSuchSecret, secretsValidation } from "./errors.ts";
import type { SecretRecord } from "./secret-record.ts";

/** An operation's input, as the SDK types it. */
export type Input<K extends keyof OperationsOf<"secrets-manager">> = InputOf<"secrets-manager", K>;
/** An operation's output, as the SDK types it. */
export type Output<K extends keyof OperationsOf<"secrets-manager">> = OutputOf<"secrets-manager", K>;

/** All that the operations of Secrets Manager share. */
export interface Secrets {
  readonly cloud: Cloud;
  /** By `region/name`. */
  readonly records: Collection<SecretRecord>;
  readonly cipher: LocalCipher;
}

const ID = /^[\w/+=.@!:-]+$/;

/** Opens the secrets. */
export function openSecrets(cloud: Cloud): Secrets {
  return {
    cloud,
    records: cloud.store.collection("secrets.records"),
    cipher: new LocalCipher(cloud.store, "secrets.keys"),
  };
}

/** Keeps a secret as it is now. */
export function save(secrets: Secrets, context: RequestContext, record: SecretRecord): SecretRecord {
  secrets.records.put(keyOf(context, record.name), record);
  return record;
}

/** The secret with this name or ARN; one whose time is over is gone. */
export function findSecret(secrets: Secrets, context: RequestContext, id: string): SecretRecord | undefined {
  const found = secrets.records.get(keyOf(context, id)) ?? findByArn(secrets, context, id);
  if (found?.deletion === undefined || found.deletion.dueMs > secrets.cloud.clock.now()) return found;
  secrets.records.delete(keyOf(context, found.name));
  return undefined;
}

/** The secret with a whole ARN, in any region. */
export function findSecretByArn(secrets: Secrets, arn: string): SecretRecord | undefined {
  const [, , , region = "", , , name = ""] = arn.split(":");
  return secrets.records.get(`${region}/${name.replace(/-\w{6}$/, "")}`);
}

/** The secret, also one that is marked for deletion, or Secrets Manager's refusal. */
export function requireAnySecret(secrets: Secrets, context: RequestContext, id: string | undefined): SecretRecord {
  if (!ID.test(id ?? "")) throw invalidName();
  const found = findSecret(secrets, context, id!);
  if (found === undefined) throw noSuchSecret();
  return found;
}

/** The secret, unless it is marked for deletion. */
export function requireSecret(secrets: Secrets, context: RequestContext, id: string | undefined): SecretRecord {
  const found = requireAnySecret(secrets, context, id);
  if (found.deletion) throw markedForDeletion();
  return found;
}

/** All secrets of the region whose time is not over. */
export function listSecretRecords(secrets: Secrets, context: RequestContext): SecretRecord[] {
  const records = secrets.records.list(`${context.region}/`).map(([, record]) => record);
  return records.filter((record) => findSecret(secrets, context, record.name) !== undefined);
}

/** The key of a secret: names are unique in their region. */
export function keyOf(context: RequestContext, name: string): string {
  return `${context.region}/${name}`;
}

/** `ValidationException`: the name has characters that Secrets Manager does not allow. */
export function invalidName() {
  return secretsValidation(
    "Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!",
  );
}

/** A whole ARN, or one without the six characters at its end, unless the rest looks like it had them already. */
function findByArn(secrets: Secrets, context: RequestContext, id: string): SecretRecord | undefined {
  const name = /^arn:[\w-]+:secretsmanager:[\w-]+:\d{12}:secret:(.+)$/.exec(id)?.[1];
  if (name === undefined) return undefined;
  const whole = secrets.records.get(keyOf(context, name.replace(/-\w{6}$/, "")));
  if (whole?.arn === id) return whole;
  return /-\w{6}$/.test(name) ? undefined : secrets.records.get(keyOf(context, name));
}

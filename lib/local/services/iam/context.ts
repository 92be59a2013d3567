import type { Input as InputOf, Output as OutputOf } from "../../kit/operation-types.ts";
import type { Cloud, OperationsOf } from "../../service.ts";
import type { Collection } from "../../state/store.ts";
import { noSuchEntity } from "./errors.ts";
import type {
  AccessKeyRecord,
  GroupRecord,
  IdentityKind,
  IdentityRecord,
  InstanceProfileRecord,
  OidcProviderRecord,
  PolicyRecord,
  RoleRecord,
  UserRecord,
} from "../../policy/identity-records.ts";

/** An operation's input, as the SDK types it. */
export type Input<K extends keyof OperationsOf<"iam">> = InputOf<"iam", K>;
/** An operation's output, as the SDK types it. */
export type Output<K extends keyof OperationsOf<"iam">> = OutputOf<"iam", K>;

/** All that the operations of IAM share. IAM is global: no key carries a region. Names are unique without their case. */
export interface Iam {
  readonly cloud: Cloud;
  readonly roles: Collection<RoleRecord>;
  readonly users: Collection<UserRecord>;
  readonly groups: Collection<GroupRecord>;
  /** By ARN. */
  readonly policies: Collection<PolicyRecord>;
  readonly instanceProfiles: Collection<InstanceProfileRecord>;
  /** By id. */
  readonly accessKeys: Collection<AccessKeyRecord>;
  /** By ARN. */
  readonly oidcProviders: Collection<OidcProviderRecord>;
  /** The account's alias is the key of the only record. */
  readonly aliases: Collection<true>;
}

/** Opens the records of IAM. */
export function openIam(cloud: Cloud): Iam {
  const { store } = cloud;
  return {
    cloud,
    roles: store.collection("iam.roles"),
    users: store.collection("iam.users"),
    groups: store.collection("iam.groups"),
    policies: store.collection("iam.policies"),
    instanceProfiles: store.collection("iam.instance-profiles"),
    accessKeys: store.collection("iam.access-keys"),
    oidcProviders: store.collection("iam.oidc-providers"),
    aliases: store.collection("iam.aliases"),
  };
}

/** The key of a name. */
export function keyOf(name: string): string {
  return name.toLowerCase();
}

/** Roles, users or groups, seen as what they have in common. */
export function identitiesOf(iam: Iam, kind: IdentityKind): Collection<IdentityRecord> {
  const collections = { role: iam.roles, user: iam.users, group: iam.groups };
  return collections[kind];
}

/** The identity with this name, or IAM's refusal. */
export function requireIdentity(iam: Iam, kind: IdentityKind, name: string | undefined): IdentityRecord {
  const found = identitiesOf(iam, kind).get(keyOf(name ?? ""));
  if (found === undefined) throw noSuchEntity(`The ${kind} with name ${name} cannot be found.`);
  return found;
}

/** The role of this name. `NoSuchEntityException` where the account has none. */
export function requireRole(iam: Iam, name: string | undefined): RoleRecord {
  return requireIdentity(iam, "role", name) as RoleRecord;
}

/** The user of this name. `NoSuchEntityException` where the account has none. */
export function requireUser(iam: Iam, name: string | undefined): UserRecord {
  return requireIdentity(iam, "user", name) as UserRecord;
}

/** `arn:aws:iam::<account>:<kind><path><name>`. */
export function iamArn(
  iam: Iam,
  kind: string,
  { path, name }: { readonly path: string; readonly name: string },
): string {
  return `arn:aws:iam::${iam.cloud.account}:${kind}${path}${name}`;
}

/** The cloud's time, to the second: IAM's dates have no finer part. */
export function nowMs(iam: Iam): number {
  return Math.floor(iam.cloud.clock.now() / 1000) * 1000;
}

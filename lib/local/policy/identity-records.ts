import type { Checked } from "../kit/checked.ts";
import type { Tag } from "@aws-sdk/client-iam";

/** The three things that policies are attached to. */
export type IdentityKind = "role" | "user" | "group";

/** A policy that belongs to one identity. The document is kept as it came. */
export interface InlinePolicy {
  readonly name: string;
  readonly document: string;
}

/** What roles, users and groups have in common. */
export interface IdentityRecord {
  readonly name: string;
  readonly path: string;
  readonly id: string;
  readonly createdMs: number;
  readonly inline: readonly InlinePolicy[];
  /** ARNs of managed policies, in the order of attaching. */
  readonly attached: readonly string[];
  /** The ARN of the managed policy that bounds what the others may allow. Groups have none. */
  readonly boundary?: string;
  readonly tags: readonly Checked<Tag>[];
}

/** A role as it is stored; `trust` is the JSON of its trust policy. */
export interface RoleRecord extends IdentityRecord {
  /** The trust policy, as it came. */
  readonly trust: string;
  readonly description?: string;
  readonly maxSessionSeconds: number;
}

/** A user as it is stored. */
export interface UserRecord extends IdentityRecord {
  /** Names of groups. */
  readonly groups: readonly string[];
}

/** A group as it is stored. Its members are stored with the users. */
export type GroupRecord = IdentityRecord;

/** One version of a managed policy. */
export interface PolicyVersionRecord {
  readonly id: string;
  readonly document: string;
  readonly createdMs: number;
}

/** A managed policy of the account. */
export interface PolicyRecord {
  readonly arn: string;
  readonly name: string;
  readonly path: string;
  readonly id: string;
  readonly description?: string;
  readonly createdMs: number;
  readonly updatedMs: number;
  /** The oldest first. */
  readonly versions: readonly PolicyVersionRecord[];
  readonly defaultVersion: string;
  /** How many versions there ever were: ids are never given twice. */
  readonly versionCount: number;
  readonly tags: readonly Checked<Tag>[];
}

/** An instance profile as it is stored, with the name of its only role. */
export interface InstanceProfileRecord {
  readonly name: string;
  readonly path: string;
  readonly id: string;
  readonly createdMs: number;
  /** The name of a role; there is at most one. */
  readonly role?: string;
  readonly tags: readonly Checked<Tag>[];
}

/** A user's access key as it is stored. */
export interface AccessKeyRecord {
  readonly id: string;
  readonly userName: string;
  readonly status: "Active" | "Inactive";
  readonly createdMs: number;
}

/** An OpenID Connect identity provider as it is stored. */
export interface OidcProviderRecord {
  readonly arn: string;
  /** Without the scheme. */
  readonly url: string;
  readonly clientIds: readonly string[];
  readonly thumbprints: readonly string[];
  readonly createdMs: number;
  readonly tags: readonly Checked<Tag>[];
}

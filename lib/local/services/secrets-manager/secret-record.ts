import type { Tag } from "@aws-sdk/client-secrets-manager";

/** A secret's value at one time, encrypted. */
export interface SecretVersion {
  /** The client's token: a UUID, mostly. */
  readonly id: string;
  readonly createdMs: number;
  /** The day of the last read, as midnight UTC. */
  readonly accessedMs?: number;
  readonly sealed: Uint8Array;
  /** What the value was given as. */
  readonly form: "string" | "binary";
  /** Sorted. A version without any is deprecated. */
  readonly stages: readonly string[];
}

/** A secret with its versions, the oldest first. */
export interface SecretRecord {
  readonly name: string;
  readonly arn: string;
  readonly description?: string;
  readonly kmsKeyId?: string;
  readonly createdMs: number;
  readonly changedMs: number;
  readonly accessedMs?: number;
  /** When it was marked for deletion, and when it goes for good. */
  readonly deletion?: { readonly markedMs: number; readonly dueMs: number };
  readonly tags: readonly Tag[];
  readonly policy?: string;
  readonly versions: readonly SecretVersion[];
}

/** The staging label of the version that is read by default. */
export const CURRENT = "AWSCURRENT";
/** The staging label of the version that was current before. */
export const PREVIOUS = "AWSPREVIOUS";
/** The stage of a version that a rotation has not finished. */
export const PENDING = "AWSPENDING";

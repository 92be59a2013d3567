import type { Checked } from "../kit/checked.ts";
import type { Tag } from "@aws-sdk/client-sts";

/** Temporary credentials that STS issued, by access key in the collection `sts.sessions`. */
export interface SessionRecord {
  /** `AROA…:session` for a role, the account for its root, `<account>:<name>` for a federated user. */
  readonly userId: string;
  /** The ARN of the session, or of the user whose credentials these are. */
  readonly arn: string;
  readonly expiresAtMs: number;
  /** @default - a session of a version that did not keep it */
  readonly issuedAtMs?: number;
  /** The texts of the session policies, those of managed ones too. @default - the session has none */
  readonly policies?: readonly string[];
  /** Session tags. @default - none */
  readonly tags?: readonly Checked<Tag>[];
  readonly sourceIdentity?: string;
  /** The user that a federated session is of. @default - the account's root */
  readonly federatedBy?: string;
}

/** Where the sessions are kept. */
export const SESSIONS = "sts.sessions";

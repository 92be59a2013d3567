import type { Checked } from "../../kit/checked.ts";
import type { ParameterTier, ParameterType, Tag } from "@aws-sdk/client-ssm";

/** One version of a parameter, with all that PutParameter said. */
export interface ParameterVersion {
  readonly version: number;
  /** For a SecureString the ciphertext. */
  readonly value: string;
  readonly type: ParameterType;
  readonly tier: ParameterTier;
  readonly dataType: string;
  readonly description?: string;
  readonly keyId?: string;
  readonly allowedPattern?: string;
  readonly policies?: string;
  readonly labels: readonly string[];
  readonly modifiedMs: number;
  readonly modifiedBy: string;
}

/** A parameter with its versions, the oldest first; there is always one. */
export interface ParameterRecord {
  readonly name: string;
  readonly versions: readonly ParameterVersion[];
  readonly tags: readonly Checked<Tag>[];
}

/** The version that counts when none is named. */
export function latestVersion(parameter: ParameterRecord): ParameterVersion {
  return parameter.versions.at(-1)!;
}

import { AwsError } from "../aws-error.ts";

/** The refusal of a body that cannot be read. */
export function malformed(cause: unknown): AwsError {
  const detail = cause instanceof Error ? cause.message : String(cause);
  return new AwsError("SerializationException", `The request body could not be read: ${detail}`, { cause });
}

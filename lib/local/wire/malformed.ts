import { AwsError } from "../aws-error.ts";

/** The refusal of a body that is not JSON or CBOR at all. */
export function malformed(cause: unknown): AwsError {
  const detail = cause instanceof Error ? cause.message : String(cause);
  return new AwsError("SerializationException", `The request body could not be read: ${detail}`, { cause });
}

/** The refusal of a body that is not the XML that it should be, in S3's words. */
export function malformedXml(cause: unknown): AwsError {
  return new AwsError(
    "MalformedXML",
    "The XML you provided was not well-formed or did not validate against our published schema",
    { cause },
  );
}

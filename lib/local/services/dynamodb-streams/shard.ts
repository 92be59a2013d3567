import { constraintProblem, constraintText } from "../../kit/constraint-text.ts";
import { createHash } from "node:crypto";
import { AwsError } from "../../aws-error.ts";
import type { ChangeStream, ChangeStreams } from "../../state/change-stream.ts";

/** The stream's only shard: its id has the time of its beginning, as AWS's have. */
export function shardIdOf({ arn, createdMs }: ChangeStream): string {
  const tail = createHash("sha256").update(arn).digest("hex").slice(0, 8);
  return `shardId-${String(createdMs).padStart(20, "0")}-${tail}`;
}

/** AWS's sequence numbers have 21 digits and more. */
const SEQUENCE_BASE = 100_000_000_000_000_000_000n;

/** A record's sequence number as AWS writes it: 21 digits and more. */
export function formatSequence(sequence: number): string {
  return (SEQUENCE_BASE + BigInt(sequence)).toString();
}

/** The number of a sequence number. `ValidationException` for text of another form. */
export function parseSequence(text: string): number {
  if (/^\d{21,40}$/.test(text)) return Number(BigInt(text) - SEQUENCE_BASE);
  throw new AwsError("ValidationException", `Invalid SequenceNumber: ${text}`);
}

/** The stream of this ARN. `ResourceNotFoundException` where there is none. */
export function requireStream(changes: ChangeStreams, arn: string): ChangeStream {
  const stream = changes.find(arn);
  if (stream) return stream;
  throw new AwsError("ResourceNotFoundException", `Requested resource not found: Stream: ${arn} not found`);
}

/** Refuses a member that AWS's model demands. */
export function requireMember(name: string, value: string | undefined): asserts value is string {
  if (value === undefined)
    throw new AwsError(
      "ValidationException",
      constraintText(constraintProblem(undefined, name, "Member must not be null")),
    );
}

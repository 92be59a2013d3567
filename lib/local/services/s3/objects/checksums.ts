import { createHash } from "node:crypto";
import type { ChecksumAlgorithm } from "@aws-sdk/client-s3";
import { AwsError } from "../../../aws-error.ts";
import { createCrc, type RunningHash } from "./crc.ts";
import type { ObjectChecksum } from "../records.ts";
import { invalidRequest } from "../errors.ts";

/** The checksums that are carried, with their length in bytes. The XXHASH family is not. */
const LENGTHS = { CRC32: 4, CRC32C: 4, CRC64NVME: 8, SHA1: 20, SHA256: 32, SHA512: 64, MD5: 16 } as const;

type CarriedAlgorithm = keyof typeof LENGTHS;

const MEMBERS = Object.keys(LENGTHS).map((name) => [name, `Checksum${name}`] as const);

/** What S3 computes where the client names no checksum. */
export const DEFAULT_ALGORITHM = "CRC64NVME";

/** The checksum members that requests and answers have in common. */
export type ChecksumMembers = { [K in CarriedAlgorithm as `Checksum${K}`]?: string | undefined };

/** A checksum in base64, without saying whether it spans parts. */
export type PlainChecksum = Omit<ObjectChecksum, "type">;

/** Starts the computation of a checksum. */
export function createChecksum(algorithm: ChecksumAlgorithm): RunningHash {
  if (algorithm === "CRC32" || algorithm === "CRC32C" || algorithm === "CRC64NVME") return createCrc(algorithm);
  if (!(algorithm in LENGTHS)) throw checksumNotCarried(algorithm);
  const hash = createHash(algorithm.toLowerCase());
  return { update: (chunk) => void hash.update(chunk), digest: () => hash.digest() };
}

/** The one checksum that the request carries, if any. */
export function readChecksum(input: ChecksumMembers): PlainChecksum | undefined {
  const given = MEMBERS.filter(([, member]) => input[member as keyof ChecksumMembers] !== undefined);
  if (given.length > 1) {
    throw invalidRequest("Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.");
  }
  if (given[0] === undefined) return undefined;
  const [algorithm, member] = given[0] as [CarriedAlgorithm, keyof ChecksumMembers];
  return { algorithm, value: input[member]! };
}

/** Refuses a checksum that cannot be one: wrong length, no base64. */
export function validateChecksum(checksum: PlainChecksum): void {
  const bytes = Buffer.from(checksum.value, "base64");
  const length = LENGTHS[checksum.algorithm as CarriedAlgorithm];
  if (bytes.length === length && bytes.toString("base64") === checksum.value) return;
  throw invalidRequest(`Value for x-amz-checksum-${checksum.algorithm.toLowerCase()} header is invalid.`);
}

/** Refuses bytes whose checksum is not what the client said. */
export function verifyChecksum(claimed: PlainChecksum, computed: string): void {
  if (claimed.value === computed) return;
  throw badChecksum(claimed.algorithm);
}

/** `InvalidRequest`: a checksum header whose value has another length than its algorithm's. */
export function badChecksum(name: string): AwsError {
  return new AwsError("BadDigest", `The ${name} you specified did not match the calculated checksum.`);
}

/** The checksum as members of an answer. */
export function checksumMembers(checksum: PlainChecksum | undefined): ChecksumMembers {
  return checksum === undefined ? {} : { [`Checksum${checksum.algorithm}`]: checksum.value };
}

function checksumNotCarried(algorithm: string): AwsError {
  return new AwsError("NotImplemented", `The local cloud does not compute ${algorithm} checksums.`, {
    statusCode: 501,
  });
}

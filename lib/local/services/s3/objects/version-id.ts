import { randomBytes } from "node:crypto";

const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const SEQUENCE_DIGITS = 10;
const LENGTH = 32;

/** The version of an object that was written while its bucket did not keep versions. */
export const NULL_VERSION = "null";

/** An id as S3 gives to versions and uploads: opaque to callers, and in byte order of `sequence`. */
export function buildVersionId(sequence: number): string {
  let head = "";
  for (let rest = sequence, i = 0; i < SEQUENCE_DIGITS; i++, rest = Math.floor(rest / DIGITS.length)) {
    head = DIGITS[rest % DIGITS.length] + head;
  }
  const tail = [...randomBytes(LENGTH - SEQUENCE_DIGITS)].map((byte) => DIGITS[byte % DIGITS.length]);
  return head + tail.join("");
}

/** The sequence that `buildVersionId` wrote into the id, or undefined where it is none of ours. */
export function sequenceOf(versionId: string): number | undefined {
  if (versionId.length !== LENGTH || !/^[0-9A-Za-z]+$/.test(versionId)) return undefined;
  let sequence = 0;
  for (const digit of versionId.slice(0, SEQUENCE_DIGITS)) sequence = sequence * DIGITS.length + DIGITS.indexOf(digit);
  return Number.isSafeInteger(sequence) ? sequence : undefined;
}

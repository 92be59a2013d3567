import { randomInt } from "node:crypto";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** The random part of a physical name: 12 letters and digits. */
export function newNameSuffix(): string {
  return Array.from({ length: 12 }, () => ALPHABET[randomInt(ALPHABET.length)]).join("");
}

/**
 * `stack-logical-random`, stack and logical id cut evenly where the name would be too long; `logical-random` without a
 * stack.
 */
export function physicalName(
  stackName: string | undefined,
  logicalId: string,
  suffix: string,
  maxLength = 255,
): string {
  if (stackName === undefined) return `${logicalId.slice(0, maxLength - suffix.length - 1)}-${suffix}`;
  const room = maxLength - suffix.length - 2;
  const half = Math.floor(room / 2);
  const stackRoom = Math.max(half, room - logicalId.length);
  const stack = stackName.slice(0, stackRoom);
  const logical = logicalId.slice(0, room - stack.length);
  return `${stack}-${logical}-${suffix}`;
}

import { randomBytes } from "node:crypto";

const ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";

/** An identifier as API Gateway makes them: lower-case letters and digits, the first a letter. */
export function newResourceId(length: number): string {
  const bytes = randomBytes(length);
  let id = ALPHABET[bytes[0]! % 26]!;
  for (let i = 1; i < length; i++) id += ALPHABET[bytes[i]! % ALPHABET.length];
  return id;
}

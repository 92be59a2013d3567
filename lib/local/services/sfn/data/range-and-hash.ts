import { createHash } from "node:crypto";
import { InterpreterError } from "../run/states-error.ts";

/** Numbers from `first` to `last`, both included. At most 1,000. */
export function rangeOf(first: number, last: number, step: number): number[] {
  if (step === 0) throw new InterpreterError("States.IntrinsicFailure", "The step of a range must not be 0");
  const length = Math.floor((last - first) / step) + 1;
  if (length > 1000) throw new InterpreterError("States.IntrinsicFailure", "A range has at most 1,000 numbers");
  return Array.from({ length: Math.max(0, length) }, (_, index) => first + index * step);
}

const ALGORITHMS: Readonly<Record<string, string>> = {
  MD5: "md5",
  "SHA-1": "sha1",
  "SHA-256": "sha256",
  "SHA-384": "sha384",
  "SHA-512": "sha512",
};

/** A hash of a text, or of a value's JSON, in hexadecimal. */
export function hashOf(value: unknown, algorithm: string): string {
  const name = ALGORITHMS[algorithm];
  if (name === undefined) throw new InterpreterError("States.IntrinsicFailure", `Unknown hash algorithm: ${algorithm}`);
  return createHash(name)
    .update(typeof value === "string" ? value : JSON.stringify(value))
    .digest("hex");
}

import { constraintProblem, constraintText } from "../../kit/constraint-text.ts";
import { randomBytes } from "node:crypto";
import { iamValidation } from "./errors.ts";

/** The first letters of a unique id say what it is for (IAM user guide, "IAM identifiers"). */
const PREFIXES = {
  role: "AROA",
  user: "AIDA",
  group: "AGPA",
  policy: "ANPA",
  instanceProfile: "AIPA",
  accessKey: "AKIA",
} as const;

const ID_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const ID_TAIL = 17;

/** A unique id as IAM gives them. */
export function makeId(of: keyof typeof PREFIXES): string {
  const tail = [...randomBytes(of === "accessKey" ? ID_TAIL - 1 : ID_TAIL)].map((byte) => ID_ALPHABET[byte % 32]);
  return PREFIXES[of] + tail.join("");
}

/** Refuses a name; `member` is the input's member in camel case, as IAM's words have it. */
export function validateName(name: string, member: string, longest = 128): void {
  if (name.length > longest) {
    throw iamValidation(
      constraintText(constraintProblem(name, member, `Member must have length less than or equal to ${longest}`)),
    );
  }
  if (/^[\w+=,.@-]+$/.test(name)) return;
  throw iamValidation(
    `The specified value for ${member} is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-`,
  );
}

/** The path, `/` where none is given. */
export function readPath(path = "/"): string {
  if (path === "/" || (/^\/[!-~]+\/$/.test(path) && path.length <= 512)) return path;
  throw iamValidation(
    "The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters.",
  );
}

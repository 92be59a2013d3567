import { createHash } from "node:crypto";
import { type IResolvable, Stack, Token } from "aws-cdk-lib";
import type { Construct } from "constructs";

/** With the longest account and region behind it, a name of this many characters has S3's 63. */
const LONGEST_PREFIX = 32;
const HASH_LENGTH = 8;

/**
 * The beginning of the name of a bucket in the account's own namespace: of the stack's name, the construct's id, and
 * a hash that tells it from every other bucket of the account and region.
 */
export function bucketNamePrefix(scope: Construct, id: string): string {
  const { stackName } = outermost(Stack.of(scope));
  const hash = createHash("sha256").update(`${stackName}/${scope.node.path}/${id}`).digest("hex").slice(0, HASH_LENGTH);
  const words = `${stackName}-${id}`
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .slice(0, LONGEST_PREFIX - HASH_LENGTH - 1)
    .replaceAll(/^-+|-+$/g, "");
  return words === "" ? hash : `${words}-${hash}`;
}

/** The name that CloudFormation makes of a prefix, spelled out. */
export function nameInAccountNamespace(prefix: string, { account, region }: Stack): string {
  return `${prefix}-${account}-${region}-an`;
}

function outermost(stack: Stack): Stack {
  return stack.nestedStackParent === undefined ? stack : outermost(stack.nestedStackParent);
}

/**
 * A name that can be written in two ways: as a reference to the resource, which makes others wait for it, or spelled
 * out, for those that the resource itself waits for. It is the same name; versions hash the reference.
 */
export class TwofoldName implements IResolvable {
  readonly creationStack: string[] = [];
  /** Text that refers to the resource. */
  readonly reference: string;
  readonly #spelledOut: () => string | undefined;

  /** `spelledOut` answers nothing where the name is to be a reference; it is asked when the app is synthesised. */
  constructor(reference: string, spelledOut: () => string | undefined) {
    this.reference = reference;
    this.#spelledOut = spelledOut;
  }

  resolve(): string {
    return this.#spelledOut() ?? this.reference;
  }

  toString(): string {
    return Token.asString(this);
  }
}

import { createHash } from "node:crypto";
import { type IResolvable, Stack, Token } from "aws-cdk-lib";
import type { Construct } from "constructs";

/** With the account and the longest region after it, a name with a prefix of this length has S3's 63 characters. */
const MAX_PREFIX_LENGTH = 32;
const HASH_LENGTH = 8;

/**
 * The start of a bucket's name in the account's own namespace: the stack's name, the construct's id, and a hash that makes
 * it unique in the account and region.
 */
export function bucketNamePrefix(scope: Construct, id: string): string {
  const { stackName } = outermost(Stack.of(scope));
  const hash = createHash("sha256").update(`${stackName}/${scope.node.path}/${id}`).digest("hex").slice(0, HASH_LENGTH);
  const words = `${stackName}-${id}`
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .slice(0, MAX_PREFIX_LENGTH - HASH_LENGTH - 1)
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
 * A name that can be written in two ways: as a reference to the resource, which makes others depend on it, or spelled
 * out, for what the resource itself depends on. It is the same name; versions hash the reference.
 */
export class TwofoldName implements IResolvable {
  readonly creationStack: string[] = [];
  /** Text that refers to the resource. */
  readonly reference: string;
  readonly #spelledOut: () => string | undefined;

  /** `spelledOut` returns undefined where the name is a reference; it is called when the app is synthesised. */
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

/** Who makes a request, by every name that a policy can have for it. Without any name it is an anonymous caller. */
export interface Principal {
  /** The most specific ARN first: a session's and then its role's, a user's, or the root's. */
  readonly arns: readonly string[];
  /** The account of the caller, twelve digits. */
  readonly account?: string;
  /** The service that calls on its own behalf, for example `sns.amazonaws.com`. */
  readonly service?: string;
  /** The identity provider behind a token: its ARN, or a name such as `cognito-identity.amazonaws.com`. */
  readonly federated?: string;
}

/**
 * How a resource's policy named the caller. It decides which other policies still limit what the statement allows:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics-id-rdp.html
 */
export type PrincipalMatch = "anyone" | "account" | "role" | "session" | "user" | "service" | "federated";

/** A caller without credentials. */
export const ANONYMOUS: Principal = { arns: [] };

/** A service of AWS that acts for itself. */
export function servicePrincipal(service: string): Principal {
  return { arns: [], service };
}

/** The caller that an ARN of IAM or STS names. A session's ARN also names its role, where that role has no path. */
export function principalOfArn(arn: string): Principal {
  const [, , , , account = "", resource = ""] = arn.split(":");
  const role = /^assumed-role\/([^/]+)\//.exec(resource)?.[1];
  const arns = role === undefined ? [arn] : [arn, `arn:aws:iam::${account}:role/${role}`];
  return { arns, account };
}

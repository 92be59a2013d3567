import type { CallerPolicies } from "../../iam/decide.ts";
import type { Principal } from "../../iam/principal.ts";

/** Who makes a request, with everything that policies are evaluated with. */
export interface Caller {
  /** As refusals name it: a session's ARN, a user's, or a service's name. */
  readonly arn: string;
  readonly principal: Principal;
  readonly policies: CallerPolicies;
  /** `aws:PrincipalArn` and its like, in lower case. */
  readonly facts: Readonly<Record<string, readonly string[]>>;
}

/** On whose behalf one service calls another: itself, a role that it was given, or the caller of the request at hand. */
export type ActingFor =
  | { readonly service: string; readonly sourceArn?: string }
  | { readonly roleArn: string; readonly sessionName: string; readonly service: string; readonly sourceArn?: string }
  | { readonly accessKeyId: string };

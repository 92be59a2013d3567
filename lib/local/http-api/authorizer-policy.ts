import { evaluatePolicies } from "../../iam/evaluate.ts";
import { readPolicy } from "../policy/read-policy.ts";

/**
 * Whether an authorizer's policy allows the caller to invoke the route. Undefined where the authorizer answered without
 * a policy that can be read, which API Gateway treats as a failure of the authorizer.
 */
export function allowsRoute(policy: unknown, routeArn: string): boolean | undefined {
  const document = readPolicy(JSON.stringify(policy));
  if (document === undefined) return undefined;
  const request = { action: "execute-api:Invoke", resource: routeArn, context: FACTS };
  return evaluatePolicies([{ id: "authorizer", document }], request).decision === "allowed";
}

const FACTS: ReadonlyMap<string, readonly string[]> = new Map([["aws:securetransport", ["true"]]]);

import type { Input } from "../../kit/operation-types.ts";
import type { ResourcePolicy } from "@aws-sdk/client-cloudwatch-logs";
import { AwsError } from "../../aws-error.ts";
import type { RequestContext } from "../../service.ts";
import type { Collection } from "../../state/store.ts";
import { checkLimit } from "./input-rules.ts";
import type { LogsState } from "./context.ts";
import { pageOf } from "./errors.ts";
import { invalidParameter } from "./errors.ts";

const MAX_POLICIES = 10;

/** Creates or replaces a resource policy; a region has at most 10. */
export function putResourcePolicy(
  state: LogsState,
  input: Input<"cloudwatch-logs", "PutResourcePolicy">,
  context: RequestContext,
) {
  const table = policies(state);
  const key = `${context.region}/${input.policyName}`;
  if (!table.get(key) && table.list(`${context.region}/`).length >= MAX_POLICIES)
    throw new AwsError("LimitExceededException", "Resource limit exceeded.");
  if (!isJson(input.policyDocument)) throw invalidParameter("Invalid policy document");
  const resourcePolicy: ResourcePolicy = {
    policyName: input.policyName,
    policyDocument: input.policyDocument,
    lastUpdatedTime: state.cloud.clock.now(),
    policyScope: "ACCOUNT",
  };
  table.put(key, resourcePolicy);
  return { resourcePolicy };
}

/** Lists the region's resource policies, a page at a time. */
export function describeResourcePolicies(
  state: LogsState,
  input: Input<"cloudwatch-logs", "DescribeResourcePolicies">,
  context: RequestContext,
) {
  const all = policies(state)
    .list(`${context.region}/`)
    .map(([, policy]) => policy);
  const { items, next } = pageOf(all, checkLimit(input.limit, 1000), input.nextToken);
  return { resourcePolicies: [...items], ...next };
}

/** Deletes a resource policy. `ResourceNotFoundException` where there is none of this name. */
export function deleteResourcePolicy(
  state: LogsState,
  input: Input<"cloudwatch-logs", "DeleteResourcePolicy">,
  context: RequestContext,
): object {
  if (!policies(state).delete(`${context.region}/${input.policyName}`))
    throw new AwsError("ResourceNotFoundException", `Policy with name [${input.policyName}] does not exist.`);
  return {};
}

function policies(state: LogsState): Collection<ResourcePolicy> {
  return state.cloud.store.collection("cloudwatch-logs.resource-policies");
}

function isJson(text: string | undefined): boolean {
  try {
    return typeof JSON.parse(text ?? "") === "object";
  } catch {
    return false;
  }
}

import type { Input } from "../../kit/operation-types.ts";
import { AwsError } from "../../aws-error.ts";
import { mayInvokeFunction } from "../../delivery/function-grant.ts";
import type { RequestContext } from "../../service.ts";
import { readFilterPattern } from "./filter-pattern/filter-pattern.ts";
import { checkLength, checkLimit } from "./input-rules.ts";
import { findGroup, groupArn, type LogsState } from "./context.ts";
import { pageOf } from "./errors.ts";
import { invalidParameter } from "./errors.ts";

const MAX_FILTERS = 2;

/** PutSubscriptionFilter: only to a function that is there and lets CloudWatch Logs invoke it. */
export async function putSubscriptionFilter(
  state: LogsState,
  input: Input<"cloudwatch-logs", "PutSubscriptionFilter">,
  context: RequestContext,
): Promise<object> {
  checkLength(input.filterName, "filterName", 1, 512);
  readFilterPattern(input.filterPattern ?? "");
  const target = destinationOf(input, context);
  const group = findGroup(state, input.logGroupName, context);
  const prefix = state.filters.prefix(group);
  const key = `${prefix}${input.filterName}`;
  if (!state.filters.subscription.get(key) && state.filters.subscription.list(prefix).length >= MAX_FILTERS)
    throw new AwsError("LimitExceededException", "Resource limit exceeded.");
  await checkPermission(state, target, groupArn(context.account, group));
  state.filters.subscription.put(key, {
    filterName: input.filterName,
    logGroupName: group.name,
    filterPattern: input.filterPattern,
    destinationArn: input.destinationArn,
    distribution: input.distribution ?? "ByLogStream",
    applyOnTransformedLogs: false,
    creationTime: state.cloud.clock.now(),
    ...(input.roleArn !== undefined && { roleArn: input.roleArn }),
  });
  return {};
}

/** Deletes a subscription filter. `ResourceNotFoundException` where the group has none of this name. */
export function deleteSubscriptionFilter(
  state: LogsState,
  input: Input<"cloudwatch-logs", "DeleteSubscriptionFilter">,
  context: RequestContext,
): object {
  const group = findGroup(state, input.logGroupName, context);
  if (!state.filters.subscription.delete(`${state.filters.prefix(group)}${input.filterName}`))
    throw new AwsError("ResourceNotFoundException", "The specified subscription filter does not exist.");
  return {};
}

/** Lists a group's subscription filters, a page at a time. */
export function describeSubscriptionFilters(
  state: LogsState,
  input: Input<"cloudwatch-logs", "DescribeSubscriptionFilters">,
  context: RequestContext,
) {
  const limit = checkLimit(input.limit, 50);
  const group = findGroup(state, input.logGroupName, context);
  const found = state.filters.subscription
    .list(`${state.filters.prefix(group)}${input.filterNamePrefix ?? ""}`)
    .map(([, filter]) => filter);
  const { items, next } = pageOf(found, limit, input.nextToken);
  return { subscriptionFilters: [...items], ...next };
}

function destinationOf(input: Input<"cloudwatch-logs", "PutSubscriptionFilter">, context: RequestContext): string {
  const arn = input.destinationArn ?? "";
  const [, , vendor, , account] = arn.split(":");
  if (vendor !== "lambda") {
    if (input.roleArn === undefined)
      throw invalidParameter(`destinationArn for vendor ${vendor} cannot be used without roleArn`);
    throw new AwsError(
      "NotImplemented",
      `The local cloud does not support ${vendor} as the destination of a subscription filter. Subscribe a Lambda function.`,
      { statusCode: 501 },
    );
  }
  if (input.roleArn !== undefined)
    throw invalidParameter("destinationArn for vendor lambda cannot be used with roleArn");
  if (account !== context.account)
    throw new AwsError(
      "AccessDeniedException",
      "Cross-account lambda invocation passing is not allowed. You must use DestinationPolicies to create cross account lambda triggers.",
    );
  return arn;
}

async function checkPermission(state: LogsState, functionArn: string, sourceArn: string): Promise<void> {
  const refused = invalidParameter(
    "Could not execute the lambda function. Make sure you have given CloudWatch Logs permission to execute your function.",
  );
  // The source that CloudWatch Logs names ends in `:*`: the streams of the group.
  const caller = { service: "logs.amazonaws.com", sourceArn: `${sourceArn}:*` };
  if (!(await mayInvokeFunction(state.cloud, functionArn, caller))) throw refused;
}

import type {
  DeleteSubscriptionFilterCommandInput,
  DescribeSubscriptionFiltersCommandInput,
  PutSubscriptionFilterCommandInput,
} from "@aws-sdk/client-cloudwatch-logs";
import { AwsError, isAwsError } from "../../aws-error.ts";
import type { RequestContext } from "../../service.ts";
import { readFilterPattern } from "./filter-pattern/filter-pattern.ts";
import { checkLength, checkLimit } from "./input-rules.ts";
import { findGroup, groupArn, type LogsState } from "./context.ts";
import { pageOf } from "./page.ts";
import { invalidParameter } from "./errors.ts";

const MAX_FILTERS = 2;

/** PutSubscriptionFilter: only to a function that is there and lets CloudWatch Logs invoke it. */
export async function putSubscriptionFilter(
  state: LogsState,
  input: PutSubscriptionFilterCommandInput,
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
  await checkPermission(state, target, groupArn(context.account, group), context);
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

export function deleteSubscriptionFilter(
  state: LogsState,
  input: DeleteSubscriptionFilterCommandInput,
  context: RequestContext,
): object {
  const group = findGroup(state, input.logGroupName, context);
  if (!state.filters.subscription.delete(`${state.filters.prefix(group)}${input.filterName}`))
    throw new AwsError("ResourceNotFoundException", "The specified subscription filter does not exist.");
  return {};
}

export function describeSubscriptionFilters(
  state: LogsState,
  input: DescribeSubscriptionFiltersCommandInput,
  context: RequestContext,
) {
  const limit = checkLimit(input.limit, 50);
  const group = findGroup(state, input.logGroupName, context);
  const found = state.filters.subscription
    .list(`${state.filters.prefix(group)}${input.filterNamePrefix ?? ""}`)
    .map(([, filter]) => filter);
  const { items, nextToken } = pageOf(found, limit, input.nextToken);
  return { subscriptionFilters: [...items], ...nextToken };
}

function destinationOf(input: PutSubscriptionFilterCommandInput, context: RequestContext): string {
  const arn = input.destinationArn ?? "";
  const [, , vendor, , account] = arn.split(":");
  if (vendor !== "lambda") {
    if (input.roleArn === undefined)
      throw invalidParameter(`destinationArn for vendor ${vendor} cannot be used without roleArn`);
    throw new AwsError(
      "NotImplemented",
      `The local cloud does not carry ${vendor} as the destination of a subscription filter. Subscribe a Lambda function.`,
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

async function checkPermission(
  state: LogsState,
  functionArn: string,
  sourceArn: string,
  context: RequestContext,
): Promise<void> {
  const refused = invalidParameter(
    "Could not execute the lambda function. Make sure you have given CloudWatch Logs permission to execute your function.",
  );
  try {
    const policy = await state.cloud.call(
      "lambda",
      "GetPolicy",
      { FunctionName: functionArn },
      { region: context.region },
    );
    if (!allowsLogs(policy.Policy, sourceArn, context)) throw refused;
  } catch (error) {
    throw isAwsError(error, "ResourceNotFoundException") ? refused : error;
  }
}

interface Statement {
  readonly Effect?: string;
  readonly Principal?: { readonly Service?: string | string[] } | string;
  readonly Condition?: { readonly ArnLike?: Record<string, string> };
}

function allowsLogs(policy: string | undefined, sourceArn: string, context: RequestContext): boolean {
  const services = new Set(["logs.amazonaws.com", `logs.${context.region}.amazonaws.com`]);
  const { Statement = [] } = JSON.parse(policy ?? "{}") as { Statement?: Statement[] };
  return Statement.some(({ Effect, Principal, Condition }) => {
    const named = typeof Principal === "object" ? [Principal.Service ?? []].flat() : [];
    const source = Condition?.ArnLike?.["AWS:SourceArn"];
    const prefix = source?.replace(/\*.*$/s, "");
    return (
      Effect === "Allow" &&
      (Principal === "*" || named.some((one) => services.has(one))) &&
      (prefix === undefined || `${sourceArn}:*`.startsWith(prefix))
    );
  });
}

import { FilterOrPolicy, SubscriptionFilter } from "aws-cdk-lib/aws-sns";
import { tryFindFilterProblem } from "../util/event-pattern/filter-policy.ts";
import type { SubscribeOptions } from "./topic-props.ts";

type FilterOptions = Pick<SubscribeOptions, "filterPolicy" | "filterPolicyWithMessageBody">;

/** A filter policy as the template has it. */
export interface RenderedFilter {
  readonly filterPolicy?: unknown;
  readonly filterPolicyScope: "MessageAttributes" | "MessageBody";
}

/**
 * The filter of a subscription, with its scope. The scope is always set: CloudFormation cannot remove it together with
 * the filter. Without a filter it is the scope that is valid with any previous filter.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sns-subscription.html
 */
export function renderFilter({ filterPolicy, filterPolicyWithMessageBody }: FilterOptions): RenderedFilter {
  if (filterPolicy !== undefined) {
    return { filterPolicy: renderPolicy(filterPolicy), filterPolicyScope: "MessageAttributes" };
  }
  if (filterPolicyWithMessageBody === undefined) return { filterPolicyScope: "MessageBody" };
  return { filterPolicy: renderPolicy(filterPolicyWithMessageBody), filterPolicyScope: "MessageBody" };
}

/** What is wrong with the filter of a subscription, in SNS's words. */
export function filterProblems(options: FilterOptions): string[] {
  const { filterPolicy, filterPolicyScope } = renderFilter(options);
  if (filterPolicy === undefined) return [];
  const problem = tryFindFilterProblem(JSON.stringify(filterPolicy), filterPolicyScope);
  const name = options.filterPolicy === undefined ? "filterPolicyWithMessageBody" : "filterPolicy";
  return problem === undefined ? [] : [`${name}: ${problem}`];
}

function renderPolicy(policy: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(policy).map(([key, value]) => [key, renderValue(value)]));
}

/** aws-cdk-lib's own values, and what SNS understands as it is. */
function renderValue(value: unknown): unknown {
  if (value instanceof SubscriptionFilter) return value.conditions;
  if (!(value instanceof FilterOrPolicy)) return value;
  if (value.isFilter()) return value.filterDoc.conditions;
  return value.isPolicy() ? renderPolicy(value.policyDoc) : undefined;
}

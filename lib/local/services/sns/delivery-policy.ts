import { AttributeProblem } from "./attribute-problem.ts";
import { parseAttributeJson } from "./attribute-json.ts";
import type { SubscriptionRecord, TopicRecord } from "./records.ts";

/** How often and how fast a web address is retried. Delays in seconds. */
export interface RetryPolicy {
  readonly minDelayTarget: number;
  readonly maxDelayTarget: number;
  readonly numRetries: number;
  readonly numNoDelayRetries: number;
  readonly numMinDelayRetries: number;
  readonly numMaxDelayRetries: number;
  readonly backoffFunction: "linear" | "arithmetic" | "geometric" | "exponential";
}

/** What holds for deliveries to one web address. */
export interface HttpPolicy {
  readonly healthyRetryPolicy: RetryPolicy;
  readonly sicklyRetryPolicy: null;
  readonly throttlePolicy: ThrottlePolicy | null;
  readonly requestPolicy: { readonly headerContentType: string };
  readonly guaranteed: false;
}

/** Kept and shown. */
interface ThrottlePolicy {
  readonly maxReceivesPerSecond?: number;
}

const DEFAULT_RETRIES: RetryPolicy = {
  minDelayTarget: 20,
  maxDelayTarget: 20,
  numRetries: 3,
  numMaxDelayRetries: 0,
  numNoDelayRetries: 0,
  numMinDelayRetries: 0,
  backoffFunction: "linear",
};
const DEFAULT_REQUEST = { headerContentType: "text/plain; charset=UTF-8" };
const BACKOFFS = ["linear", "arithmetic", "geometric", "exponential"];
const LONGEST_DELAY_SECONDS = 3600;
const MOST_RETRIES = 100;

interface TopicPolicy {
  readonly http: {
    readonly defaultHealthyRetryPolicy?: Partial<RetryPolicy>;
    readonly disableSubscriptionOverrides?: boolean;
    readonly defaultThrottlePolicy?: ThrottlePolicy;
    readonly defaultRequestPolicy?: { readonly headerContentType?: string };
  };
}

interface SubscriptionPolicy {
  readonly healthyRetryPolicy?: Partial<RetryPolicy>;
  readonly throttlePolicy?: ThrottlePolicy;
  readonly requestPolicy?: { readonly headerContentType?: string };
}

/** A delivery policy's text as it is kept, or nothing for an empty one. */
export function readDeliveryPolicy(text: string, of: "topic" | "subscription"): string | undefined {
  if (text === "") return undefined;
  const given = parseAttributeJson("DeliveryPolicy", text) as Partial<TopicPolicy> & SubscriptionPolicy;
  if (typeof given !== "object" || Array.isArray(given))
    throw new AttributeProblem("DeliveryPolicy: must be an object");
  const retries = of === "topic" ? given?.http?.defaultHealthyRetryPolicy : given?.healthyRetryPolicy;
  if (retries !== undefined) checkRetries({ ...DEFAULT_RETRIES, ...retries });
  if (of === "subscription") return JSON.stringify(given);
  return JSON.stringify({
    http: { ...given?.http, disableSubscriptionOverrides: given?.http?.disableSubscriptionOverrides ?? false },
  });
}

function checkRetries(policy: RetryPolicy): void {
  const { minDelayTarget, maxDelayTarget, numRetries } = policy;
  const phases = policy.numNoDelayRetries + policy.numMinDelayRetries + policy.numMaxDelayRetries;
  const problem = [
    [!(maxDelayTarget >= 1 && maxDelayTarget <= LONGEST_DELAY_SECONDS), "maxDelayTarget must be between 1 and 3600"],
    [!(minDelayTarget >= 1 && minDelayTarget <= maxDelayTarget), "minDelayTarget must be between 1 and maxDelayTarget"],
    [!(numRetries >= 0 && numRetries <= MOST_RETRIES), "numRetries must be between 0 and 100"],
    [!(phases <= numRetries), "the retries of all phases must not be more than numRetries"],
    [!BACKOFFS.includes(policy.backoffFunction), `backoffFunction must be one of ${BACKOFFS.join(", ")}`],
  ].find(([isBroken]) => isBroken);
  if (problem !== undefined) throw new AttributeProblem(`DeliveryPolicy: ${String(problem[1])}`);
}

/** A topic's policy with all defaults filled in, as GetTopicAttributes shows it. */
export function effectiveTopicPolicy(topic: Pick<TopicRecord, "attributes">): TopicPolicy {
  const text = topic.attributes["DeliveryPolicy"];
  const http = text === undefined ? {} : (JSON.parse(text) as TopicPolicy).http;
  return {
    http: {
      defaultHealthyRetryPolicy: { ...DEFAULT_RETRIES, ...http.defaultHealthyRetryPolicy },
      disableSubscriptionOverrides: http.disableSubscriptionOverrides ?? false,
      ...(http.defaultThrottlePolicy && { defaultThrottlePolicy: http.defaultThrottlePolicy }),
      defaultRequestPolicy: { ...DEFAULT_REQUEST, ...http.defaultRequestPolicy },
    },
  };
}

/** What holds for a subscription: its own policy over the topic's, unless the topic forbids that. */
export function effectiveHttpPolicy(subscription: SubscriptionRecord, topic: TopicRecord | undefined): HttpPolicy {
  const { http } = effectiveTopicPolicy(topic ?? { attributes: {} });
  const text = http.disableSubscriptionOverrides ? undefined : subscription.attributes["DeliveryPolicy"];
  const own = text === undefined ? {} : (JSON.parse(text) as SubscriptionPolicy);
  return {
    healthyRetryPolicy: { ...DEFAULT_RETRIES, ...http.defaultHealthyRetryPolicy, ...own.healthyRetryPolicy },
    sicklyRetryPolicy: null,
    throttlePolicy: own.throttlePolicy ?? http.defaultThrottlePolicy ?? null,
    requestPolicy: { ...DEFAULT_REQUEST, ...http.defaultRequestPolicy, ...own.requestPolicy },
    guaranteed: false,
  };
}

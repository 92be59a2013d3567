import { AwsError } from "../../aws-error.ts";
import type { RequestContext } from "../../service.ts";
import { isUnsigned, requireTopic, saveSubscription, subscriptionsOf } from "./context.ts";
import type { Input, Output, Sns } from "./context.ts";
import { invalidParameter } from "./errors.ts";
import { isAwsError } from "../../aws-error.ts";
import type { SubscriptionRecord } from "./records.ts";

/** Takes the token that was sent to an endpoint as its owner's consent. */
export function confirmSubscription(
  sns: Sns,
  input: Input<"ConfirmSubscription">,
  context: RequestContext,
): Output<"ConfirmSubscription"> {
  const token = input.Token ?? "";
  if (!/^[0-9a-f]{64,}$/.test(token)) throw new AwsError("InvalidParameterException", "Invalid token");
  const subscription = findByToken(sns, context, input.TopicArn, token);
  if (subscription === undefined) throw invalidParameter("Token");
  const mustAuthenticateUnsubscribe = input.AuthenticateOnUnsubscribe === "true" && !isUnsigned(context);
  if (subscription.isPending) {
    const wasAuthenticated = !isUnsigned(context);
    saveSubscription(sns, { ...subscription, isPending: false, wasAuthenticated, mustAuthenticateUnsubscribe });
  }
  return { SubscriptionArn: subscription.arn };
}

function findByToken(
  sns: Sns,
  context: RequestContext,
  topicArn: string | undefined,
  token: string,
): SubscriptionRecord | undefined {
  try {
    const topic = requireTopic(sns, context, topicArn);
    return subscriptionsOf(sns, topic).find((subscription) => subscription.token === token);
  } catch (error) {
    if (isAwsError(error, "NotFoundException")) return undefined;
    throw error;
  }
}

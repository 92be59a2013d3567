import type { RequestContext } from "../../service.ts";
import { AttributeProblem, oneOf, readWithin } from "./attribute-problem.ts";
import { effectiveTopicPolicy, readDeliveryPolicy } from "./delivery-policy.ts";
import { requireTopic, saveTopic, subscriptionsOf, type Input, type Output, type Sns } from "./context.ts";
import { invalidParameter } from "./errors.ts";
import { defaultPolicy, readPolicy } from "./topic-policy.ts";

type Reader = (value: string, isFifo: boolean) => string | undefined;

/** The attributes that can be set, and how each value is read; a reader gives nothing for what goes back to default. */
const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ["DisplayName", (value) => (value.length <= 100 ? value : refuse("DisplayName Reason: too long"))],
  ["Policy", readPolicy],
  ["DeliveryPolicy", (value) => readDeliveryPolicy(value, "topic")],
  ["KmsMasterKeyId", (value) => value || undefined],
  ["SignatureVersion", (value) => oneOf("SignatureVersion", value, ["1", "2"])],
  ["TracingConfig", (value) => oneOf("TracingConfig", value, ["PassThrough", "Active"])],
  [
    "ContentBasedDeduplication",
    (value, isFifo) =>
      isFifo ? oneOf("ContentBasedDeduplication", value, ["true", "false"]) : refuse("ContentBasedDeduplication"),
  ],
  [
    "FifoThroughputScope",
    (value, isFifo) =>
      isFifo ? oneOf("FifoThroughputScope", value, ["Topic", "MessageGroup"]) : refuse("FifoThroughputScope"),
  ],
]);

/** Reports on delivery (`SQSSuccessFeedbackRoleArn`…) are kept and answered. */
const FEEDBACK = /^(HTTP|SQS|Lambda|Firehose|Application)(Success|Failure)Feedback(RoleArn|SampleRate)$/;

/** A value as it is kept, or nothing where it goes back to its default. `where` begins the refusal. */
export function readAttribute(name: string, value: string, isFifo: boolean, where: string): string | undefined {
  const read = READERS.get(name);
  if (read !== undefined) return readWithin(where, () => read(value, isFifo));
  if (FEEDBACK.test(name)) return value || undefined;
  throw invalidParameter(where === "" ? "AttributeName" : `${where}Unknown attribute ${name}`);
}

function refuse(problem: string): never {
  throw new AttributeProblem(problem);
}

/** Sets one attribute of a topic. */
export function setTopicAttributes(sns: Sns, input: Input<"SetTopicAttributes">, context: RequestContext): object {
  const topic = requireTopic(sns, context, input.TopicArn);
  const name = input.AttributeName ?? "";
  const value = readAttribute(name, input.AttributeValue ?? "", topic.isFifo, "");
  const { [name]: _before, ...others } = topic.attributes;
  saveTopic(sns, { ...topic, attributes: value === undefined ? others : { ...others, [name]: value } });
  return {};
}

/** Returns all attributes of a topic, with the counts of its subscriptions. */
export function getTopicAttributes(
  sns: Sns,
  input: Input<"GetTopicAttributes">,
  context: RequestContext,
): Output<"GetTopicAttributes"> {
  const topic = requireTopic(sns, context, input.TopicArn);
  const subscriptions = subscriptionsOf(sns, topic);
  const pending = subscriptions.filter(({ isPending }) => isPending).length;
  return {
    Attributes: {
      Policy: defaultPolicy(topic.arn, context.account),
      Owner: context.account,
      SubscriptionsPending: String(pending),
      TopicArn: topic.arn,
      EffectiveDeliveryPolicy: JSON.stringify(effectiveTopicPolicy(topic)),
      SubscriptionsConfirmed: String(subscriptions.length - pending),
      DisplayName: "",
      SubscriptionsDeleted: String(topic.deletedSubscriptions),
      ...(topic.isFifo && { FifoTopic: "true", ContentBasedDeduplication: "false" }),
      ...topic.attributes,
    },
  };
}

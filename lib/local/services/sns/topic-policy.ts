import type { RequestContext } from "../../service.ts";
import { AttributeProblem } from "./attribute-problem.ts";
import { requireTopic, saveTopic, type Input, type Sns } from "./context.ts";
import { invalidParameter } from "./errors.ts";
import type { TopicRecord } from "./records.ts";

const ACTIONS = [
  "GetTopicAttributes",
  "SetTopicAttributes",
  "AddPermission",
  "RemovePermission",
  "DeleteTopic",
  "Subscribe",
  "ListSubscriptionsByTopic",
  "Publish",
];

interface Policy {
  readonly Version?: string;
  readonly Id?: string;
  readonly Statement: readonly { readonly Sid?: string }[];
}

/** The permissions of a topic's own account, until a policy is set. */
export function defaultPolicy(topicArn: string, account: string): string {
  return JSON.stringify({
    Version: "2008-10-17",
    Id: "__default_policy_ID",
    Statement: [
      {
        Sid: "__default_statement_ID",
        Effect: "Allow",
        Principal: { AWS: "*" },
        Action: ACTIONS.map((action) => `SNS:${action}`),
        Resource: topicArn,
        Condition: { StringEquals: { "AWS:SourceOwner": account } },
      },
    ],
  });
}

/** A policy's text as it is kept; an empty one brings the default back. */
export function readPolicy(text: string): string | undefined {
  if (text === "") return undefined;
  let policy: unknown;
  try {
    policy = JSON.parse(text);
  } catch {
    throw new AttributeProblem("Policy Error: null");
  }
  if (typeof policy !== "object" || policy === null || !("Statement" in policy)) {
    throw new AttributeProblem("Policy Error: null");
  }
  return text;
}

/** A topic's policy, its own or the default one. */
export function policyOf(topic: TopicRecord, account: string): string {
  return topic.attributes["Policy"] ?? defaultPolicy(topic.arn, account);
}

/** Adds a statement to a topic's policy for accounts and actions. */
export function addPermission(sns: Sns, input: Input<"AddPermission">, context: RequestContext): object {
  const topic = requireTopic(sns, context, input.TopicArn);
  const policy = JSON.parse(policyOf(topic, context.account)) as Policy;
  const actions = input.ActionName ?? [];
  if (actions.some((action) => !ACTIONS.includes(action))) {
    throw invalidParameter("Policy statement action out of service scope!");
  }
  if (policy.Statement.some(({ Sid }) => Sid === input.Label)) throw invalidParameter("Statement already exists");
  const principals = (input.AWSAccountId ?? []).map((account) => `arn:aws:iam::${account}:root`);
  const statement = {
    Sid: input.Label,
    Effect: "Allow",
    Principal: { AWS: oneOrAll(principals) },
    Action: oneOrAll(actions.map((action) => `SNS:${action}`)),
    Resource: topic.arn,
  };
  savePolicy(sns, topic, { ...policy, Statement: [...policy.Statement, statement] as Policy["Statement"] });
  return {};
}

function oneOrAll(values: readonly string[]): string | readonly string[] {
  return values.length === 1 ? values[0]! : values;
}

/** Removes a statement of a topic's policy by its label. */
export function removePermission(sns: Sns, input: Input<"RemovePermission">, context: RequestContext): object {
  const topic = requireTopic(sns, context, input.TopicArn);
  const policy = JSON.parse(policyOf(topic, context.account)) as Policy;
  const Statement = policy.Statement.filter(({ Sid }) => Sid !== input.Label);
  if (Statement.length < policy.Statement.length) savePolicy(sns, topic, { ...policy, Statement });
  return {};
}

function savePolicy(sns: Sns, topic: TopicRecord, policy: Policy): void {
  saveTopic(sns, { ...topic, attributes: { ...topic.attributes, Policy: JSON.stringify(policy) } });
}

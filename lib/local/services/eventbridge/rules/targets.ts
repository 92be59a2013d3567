import type { Checked } from "../../../kit/checked.ts";
import { requireValid } from "../../../kit/require-valid.ts";
import type { Target } from "@aws-sdk/client-eventbridge";
import type { RequestContext } from "../../../service.ts";
import { requireBus } from "../buses/buses.ts";
import { pageOf, type Events, type Input, type Output } from "../context.ts";
import { requireRule } from "./rules.ts";
import { validateTarget } from "./target-rules.ts";
import { limitExceeded, NAME_PATTERN } from "../errors.ts";

const MOST_TARGETS = 5;

/** Adds targets to a rule, or replaces those with the same ids. */
export function putTargets(events: Events, input: Input<"PutTargets">, context: RequestContext): Output<"PutTargets"> {
  const added = input.Targets ?? [];
  requireValid(
    ...added.flatMap((target, index) => {
      const at = `targets.${index + 1}.member`;
      return [
        { member: `${at}.id`, value: target.Id, pattern: NAME_PATTERN, max: 64, isRequired: true },
        { member: `${at}.arn`, value: target.Arn, max: 1600, isRequired: true },
        { member: `${at}.input`, value: target.Input, max: 8192 },
        { member: `${at}.inputPath`, value: target.InputPath, max: 256 },
      ];
    }),
  );
  const rule = requireRule(events, context, input.Rule, input.EventBusName);
  for (const target of added) validateTarget(target);
  const byId = new Map(rule.targets.map((target) => [target.Id, target]));
  for (const target of added) byId.set(target.Id, target);
  if (byId.size > MOST_TARGETS) throw limitExceeded("The requested resource exceeds the maximum number allowed.");
  events.rules.put({ ...rule, targets: [...byId.values()] });
  return { FailedEntryCount: 0, FailedEntries: [] };
}

/** Removes targets from a rule by their ids; unknown ids come back as failed entries. */
export function removeTargets(
  events: Events,
  input: Input<"RemoveTargets">,
  context: RequestContext,
): Output<"RemoveTargets"> {
  const rule = requireRule(events, context, input.Rule, input.EventBusName);
  const removed = new Set(input.Ids);
  events.rules.put({ ...rule, targets: rule.targets.filter(({ Id }) => !removed.has(Id)) });
  return { FailedEntryCount: 0, FailedEntries: [] };
}

/** Lists a rule's targets, a page at a time. */
export function listTargetsByRule(
  events: Events,
  input: Input<"ListTargetsByRule">,
  context: RequestContext,
): Output<"ListTargetsByRule"> {
  const rule = requireRule(events, context, input.Rule, input.EventBusName);
  const { items, next } = pageOf<Checked<Target>>(rule.targets, input);
  return { Targets: [...items], ...next };
}

/** Lists the names of a bus's rules that have the target, by ARN. */
export function listRuleNamesByTarget(
  events: Events,
  input: Input<"ListRuleNamesByTarget">,
  context: RequestContext,
): Output<"ListRuleNamesByTarget"> {
  const bus = requireBus(events, context, input.EventBusName);
  const rules = events.rules.list(context.region, bus.name);
  const found = rules.filter(({ targets }) => targets.some(({ Arn }) => Arn === input.TargetArn));
  const { items, next } = pageOf(found, input);
  return { RuleNames: items.map(({ name }) => name), ...next };
}

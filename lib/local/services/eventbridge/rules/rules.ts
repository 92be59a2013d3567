import { validateTags } from "../tag-rules.ts";
import { requireValid } from "../../../kit/require-valid.ts";
import type { Rule } from "@aws-sdk/client-eventbridge";
import type { RequestContext } from "../../../service.ts";
import { DEFAULT_BUS, nameOfBus, requireBus } from "../buses/buses.ts";
import { arnOf, pageOf, type Events, type Input, type Output } from "../context.ts";
import type { RuleRecord } from "../records.ts";
import { invalid, NAME_PATTERN, notFound, requirePattern } from "../errors.ts";

const STATES = ["ENABLED", "DISABLED", "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"];

/** Creates a rule, or changes all of one but its targets and tags. */
export function putRule(events: Events, input: Input<"PutRule">, context: RequestContext): Output<"PutRule"> {
  requireValid(
    { member: "name", value: input.Name, pattern: NAME_PATTERN, max: 64, min: 1, isRequired: true },
    { member: "description", value: input.Description, max: 512 },
    { member: "eventPattern", value: input.EventPattern, max: 4096 },
    { member: "scheduleExpression", value: input.ScheduleExpression, max: 256 },
    { member: "state", value: input.State, oneOf: STATES },
  );
  const bus = requireBus(events, context, input.EventBusName);
  const pattern = input.EventPattern || undefined;
  const schedule = input.ScheduleExpression || undefined;
  if (pattern === undefined && schedule === undefined)
    throw invalid("Parameter(s) EventPattern or ScheduleExpression must be specified.");
  if (pattern !== undefined) requirePattern(pattern);
  if (schedule !== undefined && bus.name !== DEFAULT_BUS)
    throw invalid("ScheduleExpression is supported only on the default event bus.");
  if (schedule !== undefined) events.clock.requireSchedule(schedule);
  const before = events.rules.get(context.region, bus.name, input.Name);
  if (before === undefined) validateTags(input.Tags);
  const record: RuleRecord = {
    name: input.Name,
    region: context.region,
    bus: bus.name,
    pattern,
    schedule,
    state: input.State ?? "ENABLED",
    description: input.Description,
    roleArn: input.RoleArn,
    tags: before?.tags ?? input.Tags ?? [],
    targets: before?.targets ?? [],
    enabledMs:
      before?.schedule === schedule && before?.state === "ENABLED" ? before.enabledMs : events.cloud.clock.now(),
  };
  keep(events, record);
  return { RuleArn: ruleArn(events, record) };
}

/** Returns a rule. `ResourceNotFoundException` where the bus has none of this name. */
export function describeRule(
  events: Events,
  input: Input<"DescribeRule">,
  context: RequestContext,
): Output<"DescribeRule"> {
  const rule = requireRule(events, context, input.Name, input.EventBusName);
  return { ...describe(events, rule), CreatedBy: events.cloud.account };
}

/** Lists a bus's rules by name prefix, a page at a time. */
export function listRules(events: Events, input: Input<"ListRules">, context: RequestContext): Output<"ListRules"> {
  const bus = requireBus(events, context, input.EventBusName);
  const { items, next } = pageOf(events.rules.list(context.region, bus.name, input.NamePrefix ?? ""), input);
  return { Rules: items.map((rule) => describe(events, rule)), ...next };
}

/** Deletes a rule without targets. A missing one is not an error. */
export function deleteRule(events: Events, input: Input<"DeleteRule">, context: RequestContext): object {
  const bus = requireBus(events, context, input.EventBusName);
  const rule = events.rules.get(context.region, bus.name, input.Name ?? "");
  if (rule === undefined) return {};
  if (rule.targets.length > 0) throw invalid("Rule can't be deleted since it has targets.");
  events.rules.delete(rule);
  events.clock.forget(rule);
  return {};
}

/** Enables a rule: it matches events, or runs on its schedule, again. */
export function enableRule(events: Events, input: Input<"EnableRule">, context: RequestContext): object {
  const rule = requireRule(events, context, input.Name, input.EventBusName);
  if (rule.state !== "ENABLED") keep(events, { ...rule, state: "ENABLED", enabledMs: events.cloud.clock.now() });
  return {};
}

/** Disables a rule; its targets stay. */
export function disableRule(events: Events, input: Input<"DisableRule">, context: RequestContext): object {
  const rule = requireRule(events, context, input.Name, input.EventBusName);
  keep(events, { ...rule, state: "DISABLED" });
  return {};
}

/** The rule of this name. `ResourceNotFoundException` where the bus has none. */
export function requireRule(
  events: Events,
  context: RequestContext,
  name: string | undefined,
  busNameOrArn: string | undefined,
): RuleRecord {
  const bus = requireBus(events, context, busNameOrArn);
  const rule = events.rules.get(context.region, bus.name, name ?? "");
  if (rule === undefined) throw notFound(`Rule ${name} does not exist on EventBus ${nameOfBus(busNameOrArn)}.`);
  return rule;
}

/** `arn:aws:events:<region>:<account>:rule/<bus>/<name>`; the default bus is left out. */
export function ruleArn(events: Events, rule: RuleRecord): string {
  return arnOf(events, rule, rule.bus === DEFAULT_BUS ? `rule/${rule.name}` : `rule/${rule.bus}/${rule.name}`);
}

function keep(events: Events, rule: RuleRecord): void {
  events.rules.put(events.clock.follow(rule));
}

function describe(events: Events, rule: RuleRecord): Rule {
  return {
    Name: rule.name,
    Arn: ruleArn(events, rule),
    EventPattern: rule.pattern,
    ScheduleExpression: rule.schedule,
    State: rule.state,
    Description: rule.description,
    RoleArn: rule.roleArn,
    EventBusName: rule.bus,
  };
}

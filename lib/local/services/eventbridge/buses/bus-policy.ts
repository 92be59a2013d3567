import { requireValid } from "../../../kit/require-valid.ts";
import type { RequestContext } from "../../../service.ts";
import { busArn, requireBus } from "./buses.ts";
import { keyOf, type Events, type Input } from "../context.ts";
import type { BusRecord, PolicyStatement } from "../records.ts";
import { invalid, notFound } from "../errors.ts";

/** Adds a statement to a bus's policy, or puts a whole policy in its place. */
export function putPermission(events: Events, input: Input<"PutPermission">, context: RequestContext): object {
  const bus = requireBus(events, context, input.EventBusName);
  save(events, bus, input.Policy === undefined ? addStatement(events, bus, input) : parsePolicy(input.Policy));
  return {};
}

/** Removes one statement of a bus's policy, or all. `ResourceNotFoundException` where there is none. */
export function removePermission(events: Events, input: Input<"RemovePermission">, context: RequestContext): object {
  const bus = requireBus(events, context, input.EventBusName);
  if (input.RemoveAllPermissions) {
    save(events, bus, []);
    return {};
  }
  const kept = bus.policy.filter(({ Sid }) => Sid !== input.StatementId);
  if (kept.length === bus.policy.length) throw notFound("Statement with the provided id does not exist.");
  save(events, bus, kept);
  return {};
}

function addStatement(events: Events, bus: BusRecord, input: Input<"PutPermission">): PolicyStatement[] {
  const { StatementId: sid, Action: action, Principal: principal, Condition: condition } = input;
  requireValid(
    { member: "statementId", value: sid, pattern: "[a-zA-Z0-9-_]+", max: 64, min: 1, isRequired: true },
    { member: "action", value: action, pattern: "events:[a-zA-Z]+", max: 64, min: 1, isRequired: true },
    { member: "principal", value: principal, pattern: String.raw`(\d{12}|\*)`, max: 12, isRequired: true },
  );
  const { partition } = events.cloud;
  const statement: PolicyStatement = {
    Sid: sid!,
    Effect: "Allow",
    Principal: principal === "*" ? "*" : { AWS: `arn:${partition}:iam::${principal}:root` },
    Action: action,
    Resource: busArn(events, bus),
    ...(condition !== undefined && { Condition: { [condition.Type]: { [condition.Key]: condition.Value } } }),
  };
  return [...bus.policy.filter((each) => each.Sid !== sid), statement];
}

function parsePolicy(text: string): PolicyStatement[] {
  try {
    const { Statement } = JSON.parse(text) as { Statement?: PolicyStatement | PolicyStatement[] };
    if (Statement !== undefined) return [Statement].flat();
  } catch {
    // Reported below.
  }
  throw invalid("Parameter Policy is not valid. Reason: Provided policy is not a valid policy document.");
}

function save(events: Events, bus: BusRecord, policy: readonly PolicyStatement[]): void {
  const modifiedMs = events.cloud.clock.now();
  events.buses.put(keyOf(bus, bus.name), { ...bus, policy, modifiedMs });
}

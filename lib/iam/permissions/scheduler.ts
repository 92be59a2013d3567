import { passRole } from "./pass-role.ts";
import type { FindPermissions, Place, RequestInput } from "./permission.ts";
import { structureOf, textOf } from "./read-input.ts";
import { tagFacts } from "./tag-facts.ts";

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoneventbridgescheduler.html */
export const findSchedulerPermissions: FindPermissions = (operation, input, place) => [
  { action: `scheduler:${operation}`, resource: resourceOf(operation, input, place), facts: tagFacts(input) },
  ...passRole(textOf(structureOf(input, "Target"), "RoleArn"), "scheduler.amazonaws.com"),
];

function resourceOf(operation: string, input: RequestInput, { account, region }: Place): string {
  const base = `arn:aws:scheduler:${region}:${account}`;
  const name = textOf(input, "Name");
  if (name === undefined) return textOf(input, "ResourceArn") ?? "*";
  if (operation.endsWith("ScheduleGroup")) return `${base}:schedule-group/${name}`;
  return `${base}:schedule/${textOf(input, "GroupName") ?? "default"}/${name}`;
}

import { requireTags } from "./tag-rules.ts";
import { requireValid } from "../../kit/require-valid.ts";
import type { ScheduleGroupSummary } from "@aws-sdk/client-scheduler";
import type { RequestContext } from "../../service.ts";
import type { GroupRecord } from "./records.ts";
import { conflict, invalid, notFound } from "./errors.ts";
import { groupArn, pageOf, type Input, type Output, type Scheduler } from "./context.ts";
import { nameConstraint } from "./schedule-rules.ts";

/** The group that every account has in every region. */
export const DEFAULT_GROUP = "default";

/** Creates a group. `ConflictException` where the region has one of this name. */
export function createScheduleGroup(
  scheduler: Scheduler,
  input: Input<"CreateScheduleGroup">,
  { region }: RequestContext,
): Output<"CreateScheduleGroup"> {
  requireValid(nameConstraint("name", input.Name, { isRequired: true }));
  requireNotDefault(input.Name);
  requireTags(input.Tags);
  const { Name: name, Tags: tags = [], ClientToken: clientToken } = input;
  const answer = { ScheduleGroupArn: groupArn(scheduler, region, name) };
  const before = findGroup(scheduler, region, name);
  if (before !== undefined && before.clientToken === clientToken) return answer;
  if (before !== undefined) throw conflict(`Schedule group ${name} already exists.`);
  const nowMs = scheduler.cloud.clock.now();
  const record = { name: name, region, tags, clientToken, createdMs: nowMs, modifiedMs: nowMs };
  scheduler.groups.put(`${region}/${name}`, record);
  return answer;
}

/** Returns a group. `ResourceNotFoundException` where the region has none of this name. */
export function getScheduleGroup(
  scheduler: Scheduler,
  input: Input<"GetScheduleGroup">,
  { region }: RequestContext,
): Output<"GetScheduleGroup"> {
  requireValid(nameConstraint("name", input.Name, { isRequired: true }));
  return describe(scheduler, requireGroup(scheduler, region, input.Name));
}

/** The schedules of a group go with it, at once. */
export function deleteScheduleGroup(
  scheduler: Scheduler,
  input: Input<"DeleteScheduleGroup">,
  { region }: RequestContext,
): object {
  requireValid(nameConstraint("name", input.Name, { isRequired: true }));
  requireNotDefault(input.Name);
  const { name } = requireGroup(scheduler, region, input.Name);
  scheduler.cloud.store.transaction(() => {
    for (const [, schedule] of scheduler.schedules.list(`${region}/${name}/`)) scheduler.clock.remove(schedule);
    scheduler.groups.delete(`${region}/${name}`);
  });
  return {};
}

/** Lists groups by name prefix, a page at a time. */
export function listScheduleGroups(
  scheduler: Scheduler,
  input: Input<"ListScheduleGroups">,
  { region }: RequestContext,
): Output<"ListScheduleGroups"> {
  requireValid(nameConstraint("namePrefix", input.NamePrefix), {
    member: "maxResults",
    value: input.MaxResults,
    min: 1,
    max: 100,
  });
  const made = scheduler.groups.list(`${region}/`).map(([, group]) => group);
  const all = [...made.filter(({ name }) => name !== DEFAULT_GROUP), requireGroup(scheduler, region, DEFAULT_GROUP)];
  const sorted = all.filter(({ name }) => name.startsWith(input.NamePrefix ?? "")).sort(byName);
  const { items, next } = pageOf(sorted, input);
  return { ScheduleGroups: items.map((group) => describe(scheduler, group)), ...next };
}

/** The group of this name. `ResourceNotFoundException` where the region has none. */
export function requireGroup(scheduler: Scheduler, region: string, name: string): GroupRecord {
  const group = findGroup(scheduler, region, name);
  if (group === undefined) throw notFound(`Schedule group ${name} does not exist.`);
  return group;
}

/** Every region has its default group from the beginning. */
function findGroup(scheduler: Scheduler, region: string, name: string): GroupRecord | undefined {
  const group = scheduler.groups.get(`${region}/${name}`);
  if (group !== undefined || name !== DEFAULT_GROUP) return group;
  const nowMs = scheduler.cloud.clock.now();
  const made = { name, region, tags: [], createdMs: nowMs, modifiedMs: nowMs };
  scheduler.groups.put(`${region}/${name}`, made);
  return made;
}

function requireNotDefault(name: string): void {
  if (name === DEFAULT_GROUP) throw invalid(`This operation cannot be performed on schedule group ${name}.`);
}

function describe(scheduler: Scheduler, group: GroupRecord): ScheduleGroupSummary {
  return {
    Arn: groupArn(scheduler, group.region, group.name),
    Name: group.name,
    State: "ACTIVE",
    CreationDate: new Date(group.createdMs),
    LastModificationDate: new Date(group.modifiedMs),
  };
}

function byName(a: GroupRecord, b: GroupRecord): number {
  return a.name < b.name ? -1 : 1;
}

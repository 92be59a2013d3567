import { passRole } from "./pass-role.ts";
import type { FindPermissions, Permission, Place, RequestInput } from "./permission.ts";
import { structuresOf, textOf } from "./read-input.ts";
import { tagFacts } from "./tag-facts.ts";

const SERVICE = "events.amazonaws.com";

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoneventbridge.html */
export const findEventsPermissions: FindPermissions = (operation, input, place) => {
  if (operation === "PutEvents") return putEvents(input, place);
  const roles = [...structuresOf(input, "Targets"), input].flatMap((each) => textOf(each, "RoleArn") ?? []);
  return [
    {
      action: `events:${operation}`,
      resource: resourceOf(operation, input, place),
      facts: { ...factsOf(input), ...tagFacts(input) },
    },
    ...[...new Set(roles)].flatMap((role) => passRole(role, SERVICE)),
  ];
};

/** Each entry is authorised on its bus, with its source and detail type as condition keys. */
function putEvents(input: RequestInput, place: Place): Permission[] {
  return structuresOf(input, "Entries").map((entry) => ({
    action: "events:PutEvents",
    resource: busArn(textOf(entry, "EventBusName"), place),
    facts: {
      "events:source": [textOf(entry, "Source") ?? ""],
      "events:detail-type": [textOf(entry, "DetailType") ?? ""],
    },
  }));
}

function resourceOf(operation: string, input: RequestInput, place: Place): string {
  const base = `arn:aws:events:${place.region}:${place.account}`;
  const [, kind] = /(EventBus|Archive|Replay|Connection|ApiDestination|Endpoint)$/.exec(operation) ?? [];
  const name = textOf(input, `${kind}Name`, "Name");
  if (kind === "EventBus") return busArn(name, place);
  if (kind === "Connection" || kind === "ApiDestination") {
    const folder = kind === "Connection" ? "connection" : "api-destination";
    return place.findResource?.(input) ?? `${base}:${folder}/${name}`;
  }
  if (kind !== undefined) return `${base}:${kind.toLowerCase()}/${name}`;
  return textOf(input, "ResourceARN", "ResourceArn") ?? ruleArn(textOf(input, "Rule", "Name"), input, place);
}

/** A rule of another bus than the default has the bus in its ARN. */
function ruleArn(name: string | undefined, input: RequestInput, { account, region }: Place): string {
  if (name === undefined) return "*";
  const bus = textOf(input, "EventBusName")?.split("/").at(-1) ?? "default";
  return `arn:aws:events:${region}:${account}:rule/${bus === "default" ? "" : `${bus}/`}${name}`;
}

function busArn(named: string | undefined, { account, region }: Place): string {
  return named?.startsWith("arn:") ? named : `arn:aws:events:${region}:${account}:event-bus/${named ?? "default"}`;
}

function factsOf(input: RequestInput): Record<string, readonly string[]> {
  const targets = structuresOf(input, "Targets").flatMap((target) => textOf(target, "Arn") ?? []);
  return targets.length === 0 ? {} : { "events:targetarn": targets };
}

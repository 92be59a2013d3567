import data from "./action-table.json" with { type: "json" };

/** The actions and resource types of one service, from AWS's service authorization reference. */
export interface ServiceActions {
  /** By AWS's name: the first letter of the access level (Read, Write, List, Tagging, Permissions), then resource types. */
  readonly actions: Readonly<Record<string, readonly string[]>>;
  /** ARN formats by resource type, with placeholders such as `${Account}`. */
  readonly resources: Readonly<Record<string, string>>;
}

const TABLE: Readonly<Record<string, ServiceActions>> = data;

/** The distilled reference of a service by its prefix, for example `dynamodb`. */
export function actionsOf(prefix: string): ServiceActions | undefined {
  return TABLE[prefix];
}

/**
 * Actions that the reference has without resources, and that AWS authorises on the activity or state machine of the
 * token: https://github.com/aws/aws-cdk/pull/8486
 */
const BY_TOKEN = new Set(["states:SendTaskSuccess", "states:SendTaskFailure", "states:SendTaskHeartbeat"]);

/** Whether policies can name resources for an action (`dynamodb:PutItem`); otherwise its resource is always `*`. */
export function hasResources(action: string): boolean {
  let known = KNOWN.get(action);
  if (known === undefined) KNOWN.set(action, (known = findResources(action)));
  return known;
}

/** Of the actions that were asked about: a few dozen in an app. */
const KNOWN = new Map<string, boolean>();

function findResources(action: string): boolean {
  if (BY_TOKEN.has(action)) return true;
  const [prefix = "", name = ""] = action.split(":");
  return (TABLE[prefix]?.actions[name]?.length ?? 0) > 1;
}

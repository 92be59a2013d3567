import { passRole } from "./pass-role.ts";
import type { FindPermissions, Place, RequestInput } from "./permission.ts";
import { textOf } from "./read-input.ts";
import { tagFacts } from "./tag-facts.ts";

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html */
export const findLogsPermissions: FindPermissions = (operation, input, place) => [
  { action: `logs:${operation}`, resource: resourceOf(input, place), facts: tagFacts(input) },
  ...passRole(textOf(input, "roleArn"), "logs.amazonaws.com"),
];

/** The resource of a group's actions is its streams without a name; that is why policies name `log-group:<name>:*`. */
function resourceOf(input: RequestInput, { account, region }: Place): string {
  const tagged = textOf(input, "resourceArn", "logGroupArn");
  if (tagged !== undefined) return tagged;
  const named = textOf(input, "logGroupName", "logGroupIdentifier");
  if (named === undefined) return "*";
  const group = named.startsWith("arn:")
    ? named.replace(/:\*$/, "")
    : `arn:aws:logs:${region}:${account}:log-group:${named}`;
  return `${group}:log-stream:${textOf(input, "logStreamName") ?? ""}`;
}

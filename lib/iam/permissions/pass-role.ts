import type { Permission } from "./permission.ts";

/**
 * The permission to hand a role to a service; nothing where no role is given.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
 */
export function passRole(roleArn: string | undefined, service: string): Permission[] {
  if (roleArn === undefined) return [];
  return [{ action: "iam:PassRole", resource: roleArn, facts: { "iam:passedtoservice": [service] } }];
}

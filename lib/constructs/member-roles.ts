import type { IPrincipal, IRole } from "aws-cdk-lib/aws-iam";

/** A member of the release, known by the role that it runs as. */
export interface RoleMember {
  readonly path: string;
  /** Notes that the member calls another one. */
  readonly calls: (path: string) => void;
}

const members = new WeakMap<object, RoleMember[]>();

/** Notes which member runs as a role, so that grants tell who calls whom. */
export function registerMemberRole(role: IRole | undefined, path: string, calls: (path: string) => void): void {
  if (role !== undefined) members.set(role, [...membersOfRole(role), { path, calls }]);
}

/** The members that run as a principal. */
export function membersOfRole(principal: IPrincipal): readonly RoleMember[] {
  return members.get(principal) ?? [];
}

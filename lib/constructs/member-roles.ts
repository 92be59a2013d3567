import type { IPrincipal, IRole } from "aws-cdk-lib/aws-iam";

/** A member of the release, known by the role that it runs as. */
export interface RoleMember {
  readonly path: string;
  /** Records that the member calls another one. */
  readonly calls: (path: string) => void;
}

/** On the role itself, so that it is seen from a second copy of this package too. */
const MEMBERS = Symbol.for("tidegate.role-members");

type MemberRole = (IRole | IPrincipal) & { [MEMBERS]?: RoleMember[] };

/** Registers the member that runs as a role, so that a grant shows which member calls which. */
export function registerMemberRole(role: IRole | undefined, path: string, calls: (path: string) => void): void {
  if (role === undefined) return;
  const holder: MemberRole = role;
  holder[MEMBERS] = [...(holder[MEMBERS] ?? []), { path, calls }];
}

/** The members that run as a principal. */
export function membersOfRole(principal: IPrincipal): readonly RoleMember[] {
  return (principal as MemberRole)[MEMBERS] ?? [];
}

import type { Member, Origin } from "../model.ts";
import type { ReleasePlan } from "../plan.ts";
import type { KnownAlias } from "./outcome.ts";

/** A plan that brings aliases back and does nothing else. */
export function planOfAliases(
  aliases: readonly KnownAlias[],
  { app, stage, actor }: { readonly app: string; readonly stage: string; readonly actor: string },
  origin: Origin = { actor, templateDigest: "" },
): ReleasePlan {
  const members = aliases.map(({ path, target, calls }): Member => ({
    path,
    target,
    calls,
    kind: target.kind,
    shift: "policy",
  }));
  const policy = { name: "Rollback", steps: [], finalBakeMs: 0 };
  return { app, stage, origin, policy, members, hooks: [], alarms: [], keepVersions: 1 };
}

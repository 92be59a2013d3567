import type { AliasShape, Member, Release } from "../model.ts";

/** The version that the alias served before the release, or null where it had none. */
export function stableOf(release: Release, path: string): string | null {
  const { stable } = release;
  return stable !== undefined && Object.hasOwn(stable, path) ? (stable[path] ?? null) : null;
}

/** Members whose alias has to move: they had a version before, and the release brings another. */
export function movingMembers(release: Release): readonly Member[] {
  return release.members.filter((member) => {
    const stable = stableOf(release, member.path);
    return stable !== null && member.next !== undefined && member.next !== stable;
  });
}

/** Moving members that go step by step. */
export function steppedMembers(release: Release): readonly Member[] {
  return movingMembers(release).filter((member) => member.shift === "policy");
}

/** Members that abort owes a call: a write to their alias was journalled at least once. */
export function touchedMembers(release: Release): readonly Member[] {
  return restorableMembers(release).filter(({ path }) => release.progress[path]?.touched === true);
}

/** Members that a release which ends without success leaves on their stable version: all that had one. */
export function restorableMembers(release: Release): readonly Member[] {
  return release.members.filter(
    ({ target, path }) =>
      target !== undefined && stableOf(release, path) !== null && release.letGo?.includes(path) !== true,
  );
}

/** Members that were left out by name: they go back where that holds nothing up. */
export function leftOutMembers(release: Release): readonly Member[] {
  return release.members.filter(
    ({ target, path }) =>
      target !== undefined && stableOf(release, path) !== null && release.letGo?.includes(path) === true,
  );
}

/** Members whose alias stays on its new version while the stacks' parameters follow. */
export function promotedMembers(release: Release): readonly Member[] {
  return movingMembers(release).filter(({ path }) => release.letGo?.includes(path) !== true);
}

/** What the alias serves at the present step. */
export function steppedShape(release: Release, member: Member): AliasShape {
  const percent = release.policy.steps[release.step]!.percent;
  return { primary: stableOf(release, member.path)!, additional: { version: member.next!, percent } };
}

/** What the alias serves after promotion. */
export function promotedShape(_release: Release, member: Member): AliasShape {
  return { primary: member.next! };
}

/** What the alias serves after a rollback. */
export function restoredShape(release: Release, member: Member): AliasShape {
  return { primary: stableOf(release, member.path)! };
}

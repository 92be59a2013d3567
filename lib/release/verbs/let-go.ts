import { UserError } from "../../errors.ts";
import type { JournalSession } from "../journal-session.ts";

/**
 * Lets members of the present release go by name: their alias goes back where one call can move it, and nothing waits for
 * them. Refuses names it does not have.
 */
export async function letGo(session: JournalSession, paths: readonly string[], actor: string): Promise<void> {
  const { release } = session;
  if (release === undefined || paths.length === 0) return;
  refuseUnknownMembers(
    release.members.map(({ path }) => path),
    paths,
  );
  const text = `left out: ${paths.join(", ")}; the release does not wait for them`;
  await session.commit({
    release: { ...release, letGo: [...new Set([...(release.letGo ?? []), ...paths])] },
    events: [{ code: "MembersLetGo", text, trigger: "user", actor }],
    seenRequests: [],
    keepsTick: true,
  });
}

/** Throws where a name is none of the known ones. */
export function refuseUnknownMembers(known: readonly string[], paths: readonly string[]): void {
  const unknown = paths.filter((path) => !known.includes(path));
  if (unknown.length === 0) return;
  throw new UserError("MemberUnknown", `The release has no member ${unknown.join(", ")}; it has ${known.join(", ")}.`, {
    fix: "Name members as `status` shows them.",
  });
}

import type { ReleasePorts } from "../ports/ports.ts";
import { ask } from "./ask.ts";
import type { ReleaseOutcome, VerbOptions } from "./outcome.ts";

/**
 * Resumes a release that is paused, blocked, waiting for its stacks, or whose driver died, and a watch that has no
 * driver any more. Does nothing when the last release is finished otherwise. A live driver that watches a pause receives the request instead.
 */
export async function resumeRelease(ports: ReleasePorts, options: VerbOptions): Promise<ReleaseOutcome> {
  return ask("resume", ports, options);
}

import type { ReleaseProgress } from "../../io/progress.ts";
import { phaseOf, renderCalls, renderProgress } from "../../io/render-progress.ts";

/** States in which a person has nothing to wait for but the stacks, which have lines of their own. */
const UNSPOKEN: ReadonlySet<string> = new Set([
  "PLANNED",
  "LOCKED",
  "STAGING",
  "READY",
  "PRE_HOOKS",
  "POST_HOOKS",
  "FINALISING",
  "PRUNING",
  "SUCCEEDED",
  "ROLLED_BACK",
]);

/** The release that is under way. Times are of one steady clock, in milliseconds. */
export class ReleaseBoard {
  #last: ReleaseProgress | undefined;
  #seenMs = 0;
  #phase = "";

  /** Takes a look in. Returns the line that says what has changed, where something has. */
  see(progress: ReleaseProgress, nowMs: number): string | undefined {
    this.#last = progress;
    this.#seenMs = nowMs;
    const { state, percent, step, aliases } = progress;
    if (UNSPOKEN.has(state) || aliases.length === 0) return undefined;
    // Without any weight in place there is nothing to see yet.
    if (state === "SHIFTING" && percent === 0) return undefined;
    const phase = `${state} ${step?.number ?? 0}`;
    if (phase === this.#phase) return undefined;
    this.#phase = phase;
    return capitalise(renderProgress(progress));
  }

  /** How it goes, for a log. */
  lines(nowMs: number): string[] {
    const progress = this.#current(nowMs);
    if (progress?.leftMs === undefined) return [];
    return [[capitalise(renderProgress(progress)), ...progress.aliases.map(renderCalls)].join("\n  ")];
  }

  /** How it goes, for a region that is drawn again and again. */
  drawn(nowMs: number): string[] {
    const progress = this.#current(nowMs);
    if (progress === undefined || progress.aliases.length === 0) return [];
    if (UNSPOKEN.has(progress.state)) return [capitalise(phaseOf(progress))];
    return [capitalise(renderProgress(progress)), ...progress.aliases.map((alias) => `  ${renderCalls(alias)}`)];
  }

  /** The time left runs on between two looks. */
  #current(nowMs: number): ReleaseProgress | undefined {
    const last = this.#last;
    if (last?.leftMs === undefined) return last;
    return { ...last, leftMs: Math.max(0, last.leftMs - (nowMs - this.#seenMs)) };
  }
}

function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

import type { HookPhase } from "../../assembly/release-metadata.ts";
import type { NewEvent } from "../events.ts";
import type { Cause, Effect, HookCall, Release } from "../model.ts";
import { type Decision, stay, type Tick } from "./decision.ts";

/** How often a hook that never ran is retried. */
const MAX_ATTEMPTS = 3;

/** What follows the hooks of a phase. */
export interface HookContinuation {
  readonly passed: (release: Release, events: readonly NewEvent[]) => Decision;
  readonly failed: (release: Release, cause: Cause, events: readonly NewEvent[]) => Decision;
}

/** Calls the hooks of a phase one after another. A call whose outcome was lost is repeated under the same key. */
export function runHooks(tick: Tick, release: Release, phase: HookPhase, then: HookContinuation): Decision {
  const hooks = release.hooks.filter((hook) => hook.phase === phase);
  const hook = hooks[release.hooksPassed];
  if (hook === undefined) return then.passed({ ...release, effect: undefined }, []);
  const effect = release.effect?.kind === "hook" && release.effect.phase === phase ? release.effect : undefined;
  const ended = tick.observations.effect;
  if (effect === undefined || ended?.kind !== "hook") return call(tick, release, hook, effect?.attempt ?? 1);
  switch (ended.outcome.kind) {
    case "passed":
      return passOn(tick, release, hook, hooks.length, then);
    case "failed":
      return fail(release, hook, ended.outcome.reason, then);
    case "unreachable":
      if (effect.attempt >= MAX_ATTEMPTS) return fail(release, hook, ended.outcome.reason, then);
      return call(tick, release, hook, effect.attempt + 1);
  }
}

function call(tick: Tick, release: Release, hook: HookCall, attempt: number): Decision {
  const { now: at, fence } = tick;
  const effect: Effect = { kind: "hook", phase: hook.phase, index: release.hooksPassed, attempt, fence, at };
  const text = `${hook.phase} hook ${hook.path} called, attempt ${attempt}`;
  return stay(
    tick,
    { ...release, effect },
    {
      events: [{ code: "HookCalled", text, trigger: "policy" }],
      command: { kind: "hook", hook, attempt },
    },
  );
}

function passOn(tick: Tick, release: Release, hook: HookCall, count: number, then: HookContinuation): Decision {
  const text = `${hook.phase} hook ${hook.path} passed`;
  const events: NewEvent[] = [{ code: "HookPassed", text, trigger: "hook" }];
  const passed = { ...release, effect: undefined, hooksPassed: release.hooksPassed + 1 };
  if (passed.hooksPassed >= count) return then.passed(passed, events);
  return stay(tick, passed, { events, wakeAt: tick.now });
}

function fail(release: Release, hook: HookCall, reason: string, then: HookContinuation): Decision {
  const text = `${hook.phase} hook ${hook.path} failed: ${reason}`;
  const failed = { ...release, effect: undefined };
  return then.failed(failed, { trigger: "hook", text }, [{ code: "HookFailed", text, trigger: "hook" }]);
}

import { LINK_TARGETS } from "./link-targets.ts";
import { TRIGGER_PAIRS } from "./link-triggers.ts";

/** Class names of what has a role, and is granted what its links need. */
const CALLERS = ["Function", "HookFunction", "StateMachine"];

/** What `link` connects: class names of all pairs. */
export const LINK_PAIRS: readonly (readonly [from: string, to: string])[] = [
  ...CALLERS.flatMap((from) => LINK_TARGETS.map((to) => [from, to] as const)),
  ...TRIGGER_PAIRS,
];

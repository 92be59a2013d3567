import { createContext, Script } from "node:vm";

/** How values compare with a caller's pattern. `slow`: the comparison was stopped. `invalid`: it is not a pattern. */
export type PatternVerdict = "fits" | "differs" | "slow" | "invalid";

/** The processor time that a comparison may use: more than a useful pattern takes on 8,192 characters. */
export const PATTERN_LIMIT_MS = 200;

const SCRIPT = new Script("values.every((value) => new RegExp(`^(?:${pattern})$`).test(value))");

/** A template's pins have one pattern and few values, and each plan of the stack asks for all of them. */
const MAX_KNOWN = 1_000;
const MAX_KNOWN_LENGTH = 300;
const known = new Map<string, PatternVerdict>();

/**
 * Compares values with a pattern that a caller gave, which a regular expression can make last for ever. The limit is
 * processor time: on a busy machine the time on the clock can pass while this process does not run at all.
 */
export function judgeAllowedPattern(pattern: string, values: readonly string[]): PatternVerdict {
  const key = JSON.stringify([pattern, values]);
  const verdict = known.get(key) ?? compare(pattern, values);
  if (known.size >= MAX_KNOWN) known.clear();
  if (verdict !== "slow" && key.length <= MAX_KNOWN_LENGTH) known.set(key, verdict);
  return verdict;
}

function compare(pattern: string, values: readonly string[]): PatternVerdict {
  const start = process.cpuUsage();
  for (;;) {
    try {
      // The engine can only limit the time on the clock, so what it stopped too early is started again.
      const fits: unknown = SCRIPT.runInContext(sandboxOf(pattern, values), { timeout: PATTERN_LIMIT_MS });
      return fits === true ? "fits" : "differs";
    } catch (error) {
      if (!isTimeout(error)) return "invalid";
      const { user, system } = process.cpuUsage(start);
      if ((user + system) / 1000 >= PATTERN_LIMIT_MS) return "slow";
    }
  }
}

function sandboxOf(pattern: string, values: readonly string[]): object {
  return createContext(Object.assign(Object.create(null) as object, { pattern, values: [...values] }));
}

/** The error is of the sandbox's own realm at times: `instanceof Error` does not know it. */
function isTimeout(error: unknown): boolean {
  return (
    typeof error === "object" && error !== null && "code" in error && error.code === "ERR_SCRIPT_EXECUTION_TIMEOUT"
  );
}

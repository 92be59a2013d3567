import { globSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";

/**
 * Answers recorded from AWS, and the calls behind them. They are not part of the repository: `TIDEGATE_RECORDINGS` names
 * a folder that has them as `aws-truth/<service>/<file>.json` and `aws-truth-calls/<service>/<file>.json`.
 */
export const RECORDINGS = process.env["TIDEGATE_RECORDINGS"];

/** One call, or the name under which AWS's answer to an earlier call is recorded. */
export type Step =
  | { readonly call: string; readonly input: unknown; readonly refused?: boolean; readonly again?: number }
  | { readonly match: string; readonly of?: number };

export interface Scenario {
  /** The file and the scenario's name in it. */
  readonly name: string;
  readonly steps: readonly Step[];
  /** What AWS answered, by the names that the steps match. */
  readonly answers: Readonly<Record<string, unknown>>;
  /** Members that AWS has added to answers since. */
  readonly later: readonly string[];
}

/** Every scenario of which both the calls and the answers are known, by file. */
export function readScenarios(folder: string): ReadonlyMap<string, readonly Scenario[]> {
  const calls = join(folder, "aws-truth-calls");
  const files = globSync(join(calls, "**/*.json")).toSorted();
  return new Map(
    files.map((path) => {
      const file = relative(calls, path);
      return [
        file.replace(/\.json$/, ""),
        scenariosOf(file, readJson(path), readJson(join(folder, "aws-truth", file))),
      ];
    }),
  );
}

function scenariosOf(file: string, calls: Json, answers: Json): Scenario[] {
  return Object.entries(calls).map(([name, steps]) => ({
    name: `${file.replace(/\.json$/, "")} ${name}`,
    ...completed(name, steps as readonly Step[], ofToday(answers[name] as Recorded)),
    later: addedSince(dayOf(answers[name] as Recorded)),
  }));
}

interface Recorded {
  readonly content: Record<string, unknown>;
  /** Day, month and year, and the time. */
  readonly recorded: string;
}

/** What AWS has added to its answers or left out of them, and since when: recordings from before lack it or have it. */
const CHANGES = {
  "20231116": ["redriveCount", "redriveStatus", "redriveStatusReason"],
  "20241101": ["encryptionConfiguration", "variableReferences"],
} as const;
const WITHOUT_REPLACEMENT_SINCE = "20250519";

function dayOf({ recorded }: Recorded): string {
  return recorded.slice(0, 10).split("-").toReversed().join("");
}

function addedSince(day: string): readonly string[] {
  return Object.entries(CHANGES).flatMap(([since, members]) => (day < since ? members : []));
}

/** An answer as AWS would give it today. */
function ofToday(recorded: Recorded): Scenario["answers"] {
  const hasReplacement = dayOf(recorded) < WITHOUT_REPLACEMENT_SINCE;
  const text = JSON.stringify(recorded.content, (_, value: unknown) => {
    if (typeof value !== "object" || value === null) return value;
    // A resource that a change set adds has none any more.
    if (hasReplacement && "Replacement" in value && "Action" in value && value.Action === "Add") {
      const { Replacement: _replacement, ...others } = value;
      return others;
    }
    // AWS follows it from the start of the map's run in some recordings, and from its end in others.
    const isExit = "type" in value && value.type === "MapStateExited" && "previousEventId" in value;
    return isExit ? { ...value, previousEventId: ANY_TIME } : value;
  });
  return JSON.parse(text) as Scenario["answers"];
}

/** Compares equal to any single value. */
const ANY_TIME = "timestamp";

/** Adds which answer is which where a recording leaves it out because it is plain. */
function completed(
  name: string,
  steps: readonly Step[],
  answers: Scenario["answers"],
): Pick<Scenario, "steps" | "answers"> {
  const calls = steps.filter((step) => "call" in step);
  const [key, ...others] = Object.keys(answers);
  // Whether a pattern matches its event is in the scenario's name.
  if (key === undefined && name.includes("test_event_pattern[")) {
    const matches = { Result: !name.endsWith("_NEG]"), ResponseMetadata: { HTTPStatusCode: 200 } };
    return { steps: [...steps, { match: "result", of: 0 }], answers: { result: matches } };
  }
  if (key !== undefined && others.length === 0 && calls.length === 1 && steps.length === 1) {
    return { steps: [...steps, { match: key, of: 0 }], answers };
  }
  return { steps: isWithoutCapabilities(answers) ? steps.map(withoutCapabilities) : steps, answers };
}

/**
 * The answers were recorded before the calls: since then their test acknowledges capabilities of each change set, which
 * AWS gives back as they are given.
 */
function isWithoutCapabilities(answers: Scenario["answers"]): boolean {
  const changeSets = Object.values(answers).filter((one) => JSON.stringify(one).includes('"ChangeSetName"'));
  if (JSON.stringify(answers).includes("CAPABILITY_")) return false;
  return changeSets.length > 0 && changeSets.every((one) => (one as Json)["Capabilities"]?.toString() === "");
}

function withoutCapabilities(step: Step): Step {
  if (!("call" in step) || !step.call.endsWith(".CreateChangeSet")) return step;
  const { Capabilities: _, ...input } = step.input as Json;
  return { ...step, input };
}

type Json = Readonly<Record<string, unknown>>;

function readJson(path: string): Json {
  return JSON.parse(readFileSync(path, "utf8")) as Json;
}

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
    steps: steps as readonly Step[],
    answers: (answers[name] as { content: Record<string, unknown> }).content,
  }));
}

type Json = Readonly<Record<string, unknown>>;

function readJson(path: string): Json {
  return JSON.parse(readFileSync(path, "utf8")) as Json;
}

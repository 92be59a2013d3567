import { readFileSync } from "node:fs";
import type { Outcome } from "./replay.ts";

/**
 * What each scenario comes to: `passes`, or a kind with its reason. `not carried` names what the local cloud lacks,
 * `differs` how it is unlike AWS, and `not comparable` what the recording lacks.
 */
export type Expected = { readonly kind: Outcome["kind"]; readonly reason: string };

const KINDS = ["passes", "not carried", "differs", "not comparable"] as const;

/** The table `scenarios.json`, by the scenarios' names. */
export function readExpected(): ReadonlyMap<string, Expected> {
  const table = JSON.parse(readFileSync(new URL("scenarios.json", import.meta.url), "utf8")) as Record<string, string>;
  return new Map(Object.entries(table).map(([name, text]) => [name, parseExpected(name, text)]));
}

function parseExpected(name: string, text: string): Expected {
  const kind = KINDS.find((one) => text === one || text.startsWith(`${one}: `));
  const reason = kind === undefined ? "" : text.slice(kind.length + 2);
  if (kind === undefined || (kind === "passes") !== (reason === "")) {
    throw new Error(`The table gives ${name} the outcome ${JSON.stringify(text)}.`);
  }
  return { kind, reason };
}

/** How many scenarios of each kind there are, by service. */
export function countOutcomes(table: ReadonlyMap<string, Expected>): Map<string, Record<Outcome["kind"], number>> {
  const counts = new Map<string, Record<Outcome["kind"], number>>();
  for (const [name, { kind }] of table) {
    const service = name.split("/", 1)[0] ?? "";
    const count = counts.get(service) ?? { passes: 0, differs: 0, "not carried": 0, "not comparable": 0 };
    count[kind] += 1;
    counts.set(service, count);
  }
  return counts;
}

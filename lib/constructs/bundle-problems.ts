import type { Bundle } from "../bundle/bundle-request.ts";
import { brokenRules, type Rule } from "./problems.ts";

/** A package and what its function expects of it. */
interface CheckedBundle {
  readonly bundle: Bundle;
  readonly entry: string;
  readonly exportName: string;
}

/** Lambda's limit of a package and its layers, unzipped. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MAX_UNZIPPED_BYTES = 262_144_000;

const RULES: readonly Rule<CheckedBundle>[] = [
  {
    when: ({ bundle, exportName }) => bundle.exports !== undefined && !bundle.exports.includes(exportName),
    message: ({ bundle, entry, exportName }) =>
      `handler: ${entry} exports no '${exportName}'. It exports ${listOf(bundle.exports ?? [])}. ` +
      `Export a function named '${exportName}', or name another export in 'handler'.`,
  },
  {
    when: ({ bundle }) => bundle.unzippedBytes > MAX_UNZIPPED_BYTES,
    message: ({ bundle, entry }) =>
      `entry: the package of ${entry} has ${bundle.unzippedBytes} bytes unzipped; Lambda takes ${MAX_UNZIPPED_BYTES}. ` +
      `Its largest modules: ${bundle.largestModules.map(({ path, bytes }) => `${path} (${bytes})`).join(", ")}. ` +
      "Move some into a layer and name them in 'bundling.externalModules'.",
  },
];

/** What is wrong with a package. */
export function bundleProblems(checked: CheckedBundle): string[] {
  return brokenRules(checked, RULES);
}

function listOf(names: readonly string[]): string {
  return names.length === 0 ? "nothing" : names.map((name) => `'${name}'`).join(", ");
}

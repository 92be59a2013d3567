import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { FunctionLink } from "../assembly/link-record.ts";
import { writeAtomically } from "../bundle/write-atomically.ts";

const FILE_NAME = "tidegate-env.d.ts";
const HEADER = "// Written by `tidegate synth` from the app's links. Commit it, and do not edit it.";

/**
 * Writes the types of the app's links beside its `cdk.json`, so that the compiler refuses a link that does not exist.
 * Leaves the file alone where nothing changed, and removes its own file where the app has no links.
 */
export function writeLinkTypes(links: readonly FunctionLink[], projectFolder: string): void {
  const file = join(projectFolder, FILE_NAME);
  const present = tryReadText(file);
  if (links.length > 0) {
    const text = renderLinkTypes(links);
    if (text !== present) writeAtomically(file, text);
  } else if (present?.startsWith(HEADER) === true) {
    rmSync(file);
  }
}

/** The declaration file of the links. */
export function renderLinkTypes(links: readonly FunctionLink[]): string {
  const byName = Map.groupBy(links, ({ name }) => name);
  const byFunction = Map.groupBy(links, ({ path }) => path);
  const resources = [...byName].toSorted(byKey).map(([name, ones]) => `${name}: ${unionOf(ones)};`);
  const functions = [...byFunction].toSorted(byKey).map(([path, ones]) => {
    const members = ones
      .toSorted((a, b) => compare(a.name, b.name))
      .map((one) => `readonly ${one.name}: ${typeOf(one)}`);
    return `${JSON.stringify(path)}: { ${members.join("; ")} };`;
  });
  return `${HEADER}
import type { Link } from "tidegate/runtime";

declare module "tidegate/runtime" {
  interface Resources {
${resources.map((line) => `    readonly ${line}`).join("\n")}
  }
  interface FunctionLinks {
${functions.map((line) => `    readonly ${line}`).join("\n")}
  }
}
`;
}

/** Functions may have links of one name to resources of several kinds. */
function unionOf(links: readonly FunctionLink[]): string {
  return [...new Set(links.map(typeOf))].sort().join(" | ");
}

function typeOf({ kind }: FunctionLink): string {
  return `Link<"${kind}">`;
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return compare(a, b);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function tryReadText(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

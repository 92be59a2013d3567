import { readFileSync } from "node:fs";

/** The version of this package, from its `package.json`, which is above the source and above the compiled files. */
export function readOwnVersion(): string {
  for (const up of ["../../package.json", "../../../package.json"]) {
    try {
      const text = readFileSync(new URL(up, import.meta.url), "utf8");
      const { name, version } = JSON.parse(text) as { name?: string; version?: string };
      if (name === "tidegate" && version !== undefined) return version;
    } catch {
      continue;
    }
  }
  return "0.0.0";
}

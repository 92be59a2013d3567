import { describe, expect, test } from "vitest";
import type { Bundle } from "../../lib/bundle/bundle-request.ts";
import { bundleProblems } from "../../lib/constructs/bundle-problems.ts";

const bundle: Bundle = {
  zipFile: "/x.zip",
  zipSha256: "0",
  contentHash: "0",
  unzippedBytes: 1,
  exports: ["handler"],
  largestModules: [
    { path: "node_modules/huge/index.js", bytes: 200_000_000 },
    { path: "src/a.ts", bytes: 70_000_000 },
  ],
};
const problems = (change: Partial<Bundle>, exportName = "handler") =>
  bundleProblems({ bundle: { ...bundle, ...change }, entry: "src/a.ts", exportName });

describe("a package", () => {
  test("of Lambda's maximum size is accepted", () => {
    expect(problems({ unzippedBytes: 262_144_000 })).toEqual([]);
  });

  test("that is larger is refused with its largest modules", () => {
    expect(problems({ unzippedBytes: 262_144_001 })).toEqual([
      "entry: the package of src/a.ts has 262144001 bytes unzipped; Lambda takes 262144000. " +
        "Its largest modules: node_modules/huge/index.js (200000000), src/a.ts (70000000). " +
        "Move some into a layer and name them in 'bundling.externalModules'.",
    ]);
  });

  test("without the export is refused with the exports there are", () => {
    expect(problems({ exports: [] }, "main")[0]).toContain("exports no 'main'. It exports nothing.");
  });

  test("whose format does not show its exports is accepted", () => {
    expect(problems({ exports: undefined }, "main")).toEqual([]);
  });
});

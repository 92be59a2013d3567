import { availableParallelism } from "node:os";
import { join } from "node:path";
import { defineConfig } from "vitest/config";
import { LongestFirst } from "./test/helpers/longest-first.ts";

// Every test file is a process of its own, and so is every command that it runs: aws-cdk-lib and the SDK are compiled once.
process.env["NODE_COMPILE_CACHE"] ??= join(import.meta.dirname, "node_modules/.cache/tidegate-tests");

/** Tests of the command as it ships run against the compiled package, which is built once for them. */
const COMMAND_TESTS = ["test/e2e/**/*.test.ts", "test/cli/**/*.test.ts"];

export default defineConfig({
  test: {
    pool: "forks",
    // More than there are processors: a half of the time tests wait for a clock, a file or another process.
    maxWorkers: Math.ceil(availableParallelism() * 1.5),
    sequence: { sequencer: LongestFirst },
    // A busy machine takes its time: these limits find what hangs, and what a test polls for is allowed to come late.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 60_000, interval: 50 } },
    projects: [
      {
        extends: true,
        test: { name: "rooms", include: ["test/**/*.test.ts"], exclude: ["test/fixtures/**", ...COMMAND_TESTS] },
      },
      {
        extends: true,
        test: {
          name: "command",
          include: COMMAND_TESTS,
          globalSetup: ["test/helpers/build.ts"],
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});

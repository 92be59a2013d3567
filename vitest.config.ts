import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

/** Tests of the command as it ships run against the compiled package, which is built once for them. */
const COMMAND_TESTS = ["test/e2e/**/*.test.ts", "test/cli/**/*.test.ts"];

export default defineConfig({
  test: {
    pool: "forks",
    // One for each processor: most tests wait for a cloud's clock, or for another process.
    maxWorkers: availableParallelism(),
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // A busy machine takes its time: what a test polls for is allowed to come late.
    expect: { poll: { timeout: 20_000, interval: 50 } },
    projects: [
      {
        extends: true,
        test: { name: "rooms", include: ["test/**/*.test.ts"], exclude: ["test/fixtures/**", ...COMMAND_TESTS] },
      },
      {
        extends: true,
        test: { name: "command", include: COMMAND_TESTS, globalSetup: ["test/helpers/build.ts"], testTimeout: 120_000 },
      },
    ],
  },
});

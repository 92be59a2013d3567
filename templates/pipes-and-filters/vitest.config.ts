import { defineConfig } from "vitest/config";

// The first deploy of a process loads the CDK and esbuild, which takes seconds.
export default defineConfig({ test: { testTimeout: 120_000, hookTimeout: 300_000 } });

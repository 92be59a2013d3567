import { statSync } from "node:fs";
import { join } from "node:path";
import { BaseSequencer, type TestSpecification } from "vitest/node";

const root = new URL("../..", import.meta.url).pathname;

/** Files that take more than twenty seconds, longest first. One that starts last would run alone at the end. */
const LONG_FILES = [
  "test/e2e/aws-acceptance.test.ts",
  "test/release/crash.test.ts",
  "test/e2e/detach.test.ts",
  "test/e2e/lockstep.test.ts",
  "test/e2e/journal-place.test.ts",
  "test/release/outages.test.ts",
  "test/release/random-schedules.test.ts",
  "test/e2e/release.test.ts",
  "test/e2e/let-go.test.ts",
  "test/e2e/package.test.ts",
  "test/e2e/killed-plan.test.ts",
  "test/e2e/failed-stage.test.ts",
  "test/e2e/foreign-clients.test.ts",
  "test/release/outcomes-wire.test.ts",
].map((path) => join(root, path));

/** Starts the longest files first, across projects: while some of them wait, others compute. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    for (const path of LONG_FILES) statSync(path);
    const isLong = ({ moduleId }: TestSpecification) => LONG_FILES.includes(moduleId);
    const long = files
      .filter(isLong)
      .toSorted((a, b) => LONG_FILES.indexOf(a.moduleId) - LONG_FILES.indexOf(b.moduleId));
    return [...long, ...(await super.sort(files.filter((file) => !isLong(file))))];
  }
}

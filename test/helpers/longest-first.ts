import { statSync } from "node:fs";
import { join } from "node:path";
import { BaseSequencer, type TestSpecification } from "vitest/node";

const root = new URL("../..", import.meta.url).pathname;

/** Files that take more than a minute on two busy processors, longest first. One that starts last would run alone at the end. */
const LONG_FILES = [
  "test/e2e/aws-acceptance.test.ts",
  "test/e2e/starter-tests.test.ts",
  "test/e2e/journal-place.test.ts",
  "test/e2e/detach.test.ts",
  "test/release/crash.test.ts",
  "test/e2e/dev-terminal.test.ts",
  "test/cli/screen/terminal.test.ts",
  "test/e2e/package.test.ts",
  "test/e2e/lockstep.test.ts",
  "test/release/outages.test.ts",
  "test/release/wire.test.ts",
  "test/e2e/foreign-clients.test.ts",
  "test/deploy/permissions/least-permissions.test.ts",
  "test/e2e/release.test.ts",
  "test/local/cloudformation/cdk-cli.test.ts",
  "test/e2e/dev.test.ts",
  "test/e2e/let-go.test.ts",
  "test/e2e/failed-stage.test.ts",
  "test/local/cloudformation/kill.test.ts",
  "test/release/detached-replacement.test.ts",
  "test/e2e/killed-plan.test.ts",
  "test/release/random-schedules.test.ts",
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

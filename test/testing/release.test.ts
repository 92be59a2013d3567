import { App, Duration, Stack } from "aws-cdk-lib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Function, Rollout } from "../../lib/index.ts";
import { startCloud, type TestApp, type TestCloud } from "../../lib/testing/testing.ts";

/** A version of an app that answers with a mark, and fails every call where it is bad. */
function appOf(mark: string): Stack {
  const app = new App();
  const stack = new Stack(app, "Marks");
  new Function(stack, "Mark", {
    entry: "test/fixtures/testing/mark.ts",
    environment: { MARK: mark },
    memorySize: 512,
    timeout: Duration.seconds(20),
  });
  new Rollout(app, "Rollout", {
    policy: Rollout.canary({ percent: 50, bake: Duration.minutes(5) }),
    analysis: { minInvocations: 10 },
  });
  return stack;
}

let cloud: TestCloud;
let app: TestApp;

beforeAll(async () => {
  cloud = await startCloud();
  app = await cloud.deploy(appOf("first"));
});

afterAll(() => cloud.stop());

const load = () => app.invoke("Mark");
const codes = (journal: readonly { readonly code: string }[]) => journal.map(({ code }) => code);

describe("a rehearsed release", () => {
  test("succeeds by the app's own policy on a fast clock while alias calls fail, and gives the journal", async () => {
    const speed = cloud.clock.speed;
    const throttled = cloud.faults.throttle("lambda", "UpdateAlias", { times: 2 });
    const lost = cloud.faults.dropReply("lambda", "UpdateAlias", { times: 1 });
    const startedMs = cloud.clock.now().getTime();
    const { state, journal, load: calls } = await app.release({ with: appOf("second"), load, callers: 2 });
    expect(state).toBe("SUCCEEDED");
    expect([throttled.hits, lost.hits]).toEqual([2, 1]);
    expect(cloud.clock.now().getTime() - startedMs).toBeGreaterThanOrEqual(5 * 60_000);
    expect(cloud.clock.speed).toBe(speed);
    expect(codes(journal)).toEqual(expect.arrayContaining(["ReleaseStarted", "Staged", "StepJudged", "AliasWritten"]));
    expect(journal.map(({ at }) => at)).toEqual(journal.map(({ at }) => at).toSorted((a, b) => a - b));
    expect(calls.calls).toBeGreaterThan(10);
    expect(calls.failures).toBe(0);
    expect(await app.invoke("Mark")).toBe("second");
  });

  test("is rolled back where the new version fails, and says why", async () => {
    const {
      state,
      cause,
      journal,
      load: calls,
      app: after,
    } = await app.release({ with: appOf("bad"), load, callers: 4 });
    expect(state).toBe("ROLLED_BACK");
    expect(cause).toMatch(/^Marks\/Mark: /);
    expect(codes(journal)).toContain("StepJudged");
    expect(calls.failures).toBeGreaterThan(0);
    expect(await after.invoke("Mark")).toBe("second");
  });

  test("takes another policy, and no visitors", async () => {
    const { state, journal, load: calls } = await app.release({ with: appOf("third"), policy: "AllAtOnce" });
    expect([state, calls.calls]).toEqual(["SUCCEEDED", 0]);
    expect(codes(journal)).not.toContain("StepJudged");
    expect(await app.invoke("Mark")).toBe("third");
  });

  test("rejects where it could not be a release", async () => {
    await expect(app.release({ with: appOf("fourth"), policy: "Sometimes" })).rejects.toThrow(
      'There is no rollout policy "Sometimes"',
    );
    await expect(app.release({ with: appOf("third") })).rejects.toThrow("so nothing was released");
  });
});

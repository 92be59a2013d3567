import { expect, test } from "vitest";
import { startTestCloud } from "../../helpers/cloud.ts";
import { runFuzz } from "./fuzz/run-fuzz.ts";

/** `npm run fuzz` sends more of them, from a fresh seed as well. */
test("answers no random request of any operation with 500", { timeout: 300_000 }, async () => {
  const logged: string[] = [];
  // A random request may take the function's role its permission to log.
  const isRefusal = (line: string) => line.startsWith("lambda: lines of ") && line.includes(" is not authorized to ");
  const cloud = await startTestCloud({ log: (line) => void (isRefusal(line) || logged.push(line)) });
  try {
    const { failures, statuses } = await runFuzz(cloud, { seed: 1, requests: 6_000 });
    expect({ failures, logged }).toEqual({ failures: [], logged: [] });
    // The requests are not all refused at the door.
    expect(statuses["200"]).toBeGreaterThan(300);
  } finally {
    await cloud.stop();
  }
});

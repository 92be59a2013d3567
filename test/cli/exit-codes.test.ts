import { expect, test } from "vitest";
import { EXIT, exitCodeOf } from "../../lib/cli/exit-codes.ts";
import { UserError } from "../../lib/errors.ts";
import { deployerBusy } from "../../lib/release/deployer-busy.ts";

test("every exit code means one thing", () => {
  const codes = Object.values(EXIT);
  expect(new Set(codes).size).toBe(codes.length);
});

test("another deployer's lock has a code of its own, which a script can wait on", () => {
  const lock = { holder: "h", actor: "anna", since: 0, leaseUntil: 60_000 };
  expect(exitCodeOf(deployerBusy(lock, { app: "todo", stage: "prod" }, 0))).toBe(12);
  expect(exitCodeOf(new UserError("AnythingElse", "no"))).toBe(1);
});

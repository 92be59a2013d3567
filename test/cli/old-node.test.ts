import { execFileSync, spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { checkNode } from "../../lib/util/node-version.ts";

const COMMAND = join(import.meta.dirname, "../../dist/bin/tidegate.js");

test.skipIf(machineNode() === undefined)("the command says so on the machine's own, older Node", () => {
  const { status, stdout, stderr } = spawnSync(machineNode()!, [COMMAND, "synth", "--json"], {
    encoding: "utf8",
  });
  expect(status).toBe(1);
  expect(stderr).toMatch(
    /^error NodeTooOld: This is Node [\d.]+, and Tidegate needs Node 22.13 or later\n {2}→ Install/,
  );
  expect(JSON.parse(stdout)).toMatchObject({ error: { code: "NodeTooOld", blame: "user" }, exitCode: 1 });
});

/** A Node of the machine's own that is too old, where it has one. */
function machineNode(): string | undefined {
  for (const node of ["/usr/bin/node", "/usr/local/bin/node"]) {
    try {
      checkNode(execFileSync(node, ["-p", "process.versions.node"], { encoding: "utf8" }).trim());
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "NodeTooOld") return node;
    }
  }
  return undefined;
}

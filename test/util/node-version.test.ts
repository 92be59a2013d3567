import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { checkNode, OLDEST_NODE } from "../../lib/util/node-version.ts";

const ROOT = join(import.meta.dirname, "../..");

test("the oldest Node is the one that the package declares", () => {
  const { engines } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { engines: { node: string } };
  expect(engines.node).toBe(`>=${OLDEST_NODE}`);
});

test.each(["22.13.0", "22.21.1", "23.0.0", "24.12.0", "100.1.0"])("Node %s will do", (version) => {
  expect(() => checkNode(version)).not.toThrow();
});

test.each(["22.12.0", "22.9.9", "20.20.2", "18.0.0"])("Node %s is refused", (version) => {
  expect(() => checkNode(version)).toThrow(`This is Node ${version}, and Tidegate needs Node 22.13 or later`);
});

import { spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { judgeAllowedPattern } from "../../lib/util/allowed-pattern.ts";

it.each([
  ["fits", "[0-9]*", ["", "12"]],
  ["differs", "[0-9]*", ["12", "x"]],
  ["differs", "a", ["ab"]],
  ["invalid", "(", ["x"]],
  ["slow", "(a+)+", [`${"a".repeat(40)}!`]],
] as const)("a comparison ends with %s", (verdict, pattern, values) => {
  expect(judgeAllowedPattern(pattern, values)).toBe(verdict);
});

/** Compares for a third of a second of processor time, nearly all of it inside patterns that take some milliseconds. */
const COMPARING = `
  import { judgeAllowedPattern } from ${JSON.stringify(resolve("lib/util/allowed-pattern.ts"))};
  const seen = new Set();
  console.log("started");
  while (process.cpuUsage().user < 350_000) seen.add(judgeAllowedPattern(".*.*b", ["a".repeat(2000)]));
  console.log(JSON.stringify([...seen]));
`;

it("a process that does not get to run for longer than the limit refuses no pattern", async () => {
  const child = spawn(process.execPath, ["--input-type=module", "--eval", COMPARING], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.on("data", (data: Buffer) => void (output += data.toString()));
  const ended = once(child, "close");
  await once(child.stdout, "data");
  while (child.exitCode === null && !output.includes("[")) {
    child.kill("SIGSTOP");
    await sleep(300);
    child.kill("SIGCONT");
    await sleep(50);
  }
  await ended;
  expect(output).toBe('started\n["differs"]\n');
});

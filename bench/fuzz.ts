import { startTestCloud } from "../test/helpers/cloud.ts";
import { runFuzz, type Finding } from "../test/local/wire/fuzz/run-fuzz.ts";

/**
 * Sends random requests of every carried operation to a local cloud: `npm run fuzz -- [requests] [seed]`, 40,000 with
 * seed 1 and with a fresh one by default. Prints the answers by status, the slowest of them and the growth of memory;
 * exits 1 where the cloud answered 500 or did not answer.
 */
const [requests = "40000", ...seeds] = process.argv.slice(2);
let failed = false;
for (const seed of seeds.length > 0 ? seeds.map(Number) : [1, Math.floor(Math.random() * 2 ** 31)]) {
  failed = !(await fuzz(seed, Number(requests))) || failed;
}
process.exitCode = failed ? 1 : 0;

async function fuzz(seed: number, count: number): Promise<boolean> {
  const logged: string[] = [];
  const cloud = await startTestCloud({ log: (line) => logged.push(line) });
  try {
    const { statuses, failures, slowest, grownBytes } = await runFuzz(cloud, { seed, requests: count });
    const answers = Object.entries(statuses).map(([status, times]) => `${times} × ${status}`);
    console.log(`fuzz: seed ${seed}, ${count} requests: ${answers.join(", ")}`);
    console.log(`  memory grew by ${Math.round(grownBytes / 1e6)} MB; slowest: ${describe(slowest)}`);
    for (const failure of failures.slice(0, 20)) console.log(`  ${describe(failure)}\n    ${failure.document}`);
    if (failures.length > 0) console.log(logged.slice(0, 20).join("\n"));
    return failures.length === 0;
  } finally {
    await cloud.stop();
  }
}

function describe(finding: Finding | undefined): string {
  if (finding === undefined) return "none";
  return `${finding.call} (${finding.protocol}) answered ${finding.status} after ${finding.milliseconds} ms`;
}

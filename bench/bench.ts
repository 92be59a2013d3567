import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Bench } from "./bench-table.ts";
import { cloudBenches } from "./cloud-benches.ts";
import { devBenches } from "./dev-bench.ts";
import { eventBenches } from "./event-benches.ts";
import { iamBenches } from "./iam-benches.ts";
import { killBenches } from "./kill-benches.ts";
import { messageBenches } from "./message-benches.ts";
import { synthBenches } from "./synth-benches.ts";
import { workflowBenches } from "./workflow-benches.ts";

/** All benches by name. `npm run bench -- --only synth-cold-100,synth-warm-100 --runs 3` */
const BENCHES: Record<string, Bench> = {
  ...synthBenches,
  ...cloudBenches,
  ...devBenches,
  ...messageBenches,
  ...workflowBenches,
  ...eventBenches,
  ...iamBenches,
  ...killBenches,
};

const { values } = parseArgs({
  options: { only: { type: "string" }, runs: { type: "string", default: "3" }, list: { type: "boolean" } },
});
const only = values.only?.split(",") ?? Object.keys(BENCHES);
const unknown = only.filter((name) => !Object.hasOwn(BENCHES, name));
if (values.list === true || unknown.length > 0) {
  if (unknown.length > 0) console.error(`No bench is called ${unknown.join(", ")}.`);
  console.log(Object.keys(BENCHES).join("\n"));
  process.exit(unknown.length > 0 ? 2 : 0);
}
for (const name of only) {
  const scratch = mkdtempSync(join(tmpdir(), "tidegate-bench-"));
  try {
    console.log(`${name}: ${await BENCHES[name]!(scratch, Number(values.runs))}`);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

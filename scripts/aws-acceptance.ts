import { writeFileSync } from "node:fs";
import { createInterface } from "node:readline/promises";
import { parseArgs } from "node:util";
import { Account } from "./acceptance/account.ts";
import { ASSUMPTIONS } from "./acceptance/assumptions/assumptions.ts";
import { makeBench } from "./acceptance/make-bench.ts";
import { SCENARIOS } from "./acceptance/releases/scenarios.ts";
import { Stand } from "./acceptance/releases/stand.ts";
import { findLeftovers, removeEverything } from "./acceptance/remove-everything.ts";

/**
 * Puts every assumption about AWS and the release matrix to the test in a real account, and writes down what AWS
 * answered. Run it in a region that holds nothing else and is bootstrapped for the CDK:
 *
 *     npm run build && AWS_PROFILE=… node scripts/aws-acceptance.ts --region eu-north-1 --out answers.json
 *
 * It makes functions, stacks, alarms, a role and log groups whose names begin with `tidegate-acceptance`, and journals;
 * it removes them at the end, with the journals' bucket and stack where no other app's journal is in it; `--clean` only
 * removes them, for a run that was killed. It takes about half an hour and costs cents.
 * `--only` with the id of an assumption, or `releases` for the whole matrix, leaves out the rest.
 */
const { values } = parseArgs({
  options: {
    region: { type: "string" },
    endpoint: { type: "string" },
    out: { type: "string" },
    only: { type: "string", multiple: true },
    yes: { type: "boolean", default: false },
    clean: { type: "boolean", default: false },
  },
});

const say = (line: string) => process.stderr.write(`${line}\n`);
const { region, endpoint } = values;
if (region === undefined) {
  say("Expected --region with an empty region of the account, for example --region eu-north-1.");
  process.exit(2);
}
const account = new Account({ region, ...(endpoint === undefined ? {} : { endpoint }) });
try {
  process.exitCode = await main(account);
} finally {
  account.close();
}

async function main(account: Account): Promise<number> {
  const caller = await account.identify();
  const place = `account ${caller.account}, ${region}${endpoint === undefined ? "" : ` at ${endpoint}`}, as ${caller.arn}`;
  if (!(await isAgreed(place))) return 2;
  if (values.clean) {
    say(JSON.stringify(await removeEverything(account)));
    return 0;
  }
  const leftovers = await findLeftovers(account);
  if (leftovers.length > 0) {
    say(`An earlier run left ${leftovers.join(", ")}. Remove it with --clean first.`);
    return 2;
  }
  try {
    const assumptions = await askAll(account, caller.account);
    const scenarios = await runAll(account);
    const report = { at: new Date().toISOString(), region, endpoint: endpoint ?? "AWS", assumptions, scenarios };
    if (values.out !== undefined) writeFileSync(values.out, `${JSON.stringify(report, undefined, 2)}\n`);
    return Object.values(scenarios).every(({ held }) => held) ? 0 : 1;
  } finally {
    say(`Removed: ${JSON.stringify(await removeEverything(account))}`);
  }
}

async function isAgreed(place: string): Promise<boolean> {
  if (values.yes) return true;
  if (!process.stdin.isTTY) {
    say(`This makes and removes resources in ${place}. Run it with --yes, or on a terminal.`);
    return false;
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question(`Make and remove resources in ${place}? (yes/no) `);
  terminal.close();
  return answer === "yes";
}

/** An assumption that does not hold fails nothing: the engine is right either way, and the answer is recorded. */
async function askAll(account: Account, accountId: string) {
  const asked = ASSUMPTIONS.filter(({ id }) => isWanted(id));
  const answers: Record<string, unknown> = {};
  if (asked.length === 0) return answers;
  const bench = await makeBench(account, accountId);
  for (const one of asked) {
    const { id, assumption } = one;
    say(`${id}: ${assumption}`);
    try {
      const { holds, answer, facts } = await one.ask(bench);
      say(`  ${holds === undefined ? "no answer" : holds ? "holds" : "does not hold"}: ${answer}`);
      answers[id] = { assumption, holds: holds ?? null, answer, facts };
    } catch (error) {
      say(`  no answer: ${String(error)}`);
      answers[id] = { assumption, holds: null, answer: String(error) };
    }
  }
  return answers;
}

async function runAll(account: Account) {
  const results: Record<string, { promise: string; held: boolean; facts: unknown }> = {};
  if (!isWanted("releases")) return results;
  const stand = new Stand(account);
  try {
    for (const scenario of SCENARIOS) {
      const { id, promise } = scenario;
      say(`${id}: ${promise}`);
      const { held, facts } = await scenario
        .run(stand)
        .catch((error: unknown) => ({ held: false, facts: String(error) }));
      say(held ? "  held" : `  BROKEN: ${JSON.stringify(facts)}`);
      results[id] = { promise, held, facts };
    }
    return results;
  } finally {
    stand.remove();
  }
}

function isWanted(id: string): boolean {
  return values.only === undefined || values.only.includes(id);
}

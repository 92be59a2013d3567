import { readFileSync } from "node:fs";
import type { Server } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { listStarters } from "../../lib/cli/starters.ts";
import type { Access } from "../../lib/local/server/authorise.ts";
import { AdjustableClock } from "../../lib/local/state/clock.ts";
import { startTestCloud, type TestCloud } from "../helpers/cloud.ts";
import { grantedStatements } from "../helpers/granted-statements.ts";
import { driveApp, proveStatement, type Showing } from "../helpers/prove-statement.ts";
import { deployStarterApp, STARTERS_AND_EXAMPLE } from "../helpers/starter-app.ts";
import { DRIVES, site, startSite } from "../helpers/starter-drives.ts";

/** Statements whose absence the local cloud cannot show, each with the reason. This list only gets shorter. */
const EXCEPTIONS: readonly (readonly [pattern: RegExp, reason: string])[] = [
  [
    /^role (Etl-Load|Saga-Trip)Role\S+: Allow xray:/,
    "Step Functions leaves traces out without a word; X-Ray is not carried",
  ],
  [
    /^role Etl-LoadRole\S+: Allow states:(Describe|Redrive)Execution/,
    "asked for where a Map Run is stopped or redriven",
  ],
  [
    /^managed Etl-CustomS3AutoDelete\S+: AWSLambdaBasicExecutionRole/,
    "logs of a function that runs when the stack is deleted",
  ],
];

let cloud: TestCloud;
let server: Server;
const refused: Access[] = [];
const figures = new Map<Showing | "exception", number>();

beforeAll(async () => {
  server = await startSite();
  cloud = await startTestCloud({
    clock: new AdjustableClock({ speed: 60 }),
    log: () => undefined,
    onAccess: (access) => {
      if (!access.allowed) refused.push(access);
    },
  });
});
afterAll(async () => {
  server.close();
  await cloud.stop();
});

test("every starter is used", async () => {
  const starters = (await listStarters()).map(({ name }) => name);
  expect([...starters, "example"].sort()).toEqual(Object.keys(DRIVES).sort());
});

/** Every kind of statement is in these; `npm run grants` takes them all. */
const IN_EVERY_RUN = ["etl", "messaging", "site-check"];
const takesAll = process.env["ALL_GRANTS"] !== undefined;

test.each(takesAll ? STARTERS_AND_EXAMPLE : IN_EVERY_RUN)(
  "the app %s is refused in AWS's words without any single statement",
  async (name) => {
    const app = await deployStarterApp(cloud, name, (text) => text.replace("https://example.com/", site.url));
    const watched = { app, refused };
    await driveApp(watched);
    const all = await grantedStatements(app);
    const survivors: string[] = [];
    // Deleting the stack comes last.
    const ordered = [...all.filter(({ kind }) => kind !== "bucket"), ...all.filter(({ kind }) => kind === "bucket")];
    for (const granted of ordered) {
      const isException = EXCEPTIONS.some(([pattern]) => pattern.test(granted.title));
      const showing = isException
        ? "exception"
        : await proveStatement(watched, granted, all).catch(
            (error: unknown) => void survivors.push(`${granted.title}: ${String(error)}`),
          );
      if (showing !== undefined) figures.set(showing, (figures.get(showing) ?? 0) + 1);
    }
    expect(survivors).toEqual([]);
  },
  600_000,
);

test.runIf(takesAll)("the figures are those that the docs state", () => {
  const docs = readFileSync("docs/reliability.md", "utf8").replaceAll(/ +/g, " ");
  const all = [...figures.values()].reduce((sum, count) => sum + count, 0);
  const of = (showing: Showing | "exception") => figures.get(showing) ?? 0;
  expect(docs).toContain(`| statements removed, one at a time | ${all} |`);
  expect(docs).toContain(`| refused in AWS's words | ${of("words")} |`);
  expect(docs).toContain(`| a lost dead letter, counted by CloudWatch | ${of("metric")} |`);
  expect(docs).toContain(`| lost log lines and records, without a word as on AWS | ${of("silence")} |`);
  expect(docs).toContain(`| an explicit Deny, by IAM's simulator | ${of("simulation")} |`);
  expect(docs).toContain(`| exceptions, each with its reason in the test | ${of("exception")} |`);
});

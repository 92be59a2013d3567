import { describe, expect, test } from "vitest";
import { AwsCallError } from "../../lib/aws/call-error.ts";
import { PatientJournal } from "../../lib/release/patient-journal.ts";
import type { JournalDocument, JournalPort } from "../../lib/release/ports/journal-port.ts";
import { resumeRelease } from "../../lib/release/verbs/resume.ts";
import { startRelease } from "../../lib/release/verbs/start.ts";
import type { Fault } from "../helpers/simulated-aws/simulated-aws.ts";
import { MINUTE, Rehearsal } from "./rehearsal.ts";

/** Starts a release and lets the journal fail from the third minute on, in the middle of the first step. */
async function deployWithFaults(faults: readonly Omit<Fault, "service">[]) {
  const app = new Rehearsal();
  const anna = app.process("anna");
  const running = startRelease(app.plan(), anna.ports, app.options("anna")).then(
    (outcome) => outcome.release?.state,
    (error: unknown) => error,
  );
  await app.sim.run(app.process("clock").ports.clock.sleep(3 * MINUTE));
  for (const fault of faults) app.sim.faults.push({ service: "s3", ...fault });
  return { app, ended: await app.sim.run(running) };
}

describe("a journal that fails during a canary", () => {
  test.each([
    ["drop", 6],
    ["throttle", 6],
    ["lose-reply", 6],
  ] as const)("is retried: %s", async (kind, times) => {
    const { app, ended } = await deployWithFaults([
      { operation: "PutObject", kind, times },
      { operation: "GetObject", kind: "drop", times },
    ]);
    expect(ended).toBe("SUCCEEDED");
    app.expectNoViolations();
  });

  test("is left alone shortly before the lease ends, and the error says what to run", async () => {
    const { app, ended } = await deployWithFaults([
      { operation: "PutObject", kind: "drop", times: 1000 },
      { operation: "GetObject", kind: "drop", times: 1000 },
    ]);
    expect(ended).toMatchObject({ code: "JournalUnreachable", fix: expect.stringContaining("tidegate resume") });
    const lease = app.oracle.journal()?.lock?.leaseUntil ?? 0;
    expect(app.sim.world.now).toBeLessThan(lease);
    app.sim.faults.length = 0;
    await app.sim.pass(2 * MINUTE);
    const resumed = await app.act("ben", (ports, options) => resumeRelease(ports, options));
    expect(resumed).toMatchObject({ release: { state: "SUCCEEDED" } });
    app.expectNoViolations();
  });

  test("is not tried again where another attempt could not succeed", async () => {
    const app = new Rehearsal();
    const { ports } = app.process("anna");
    let attempts = 0;
    const refused = new AwsCallError("denied", new Error("Access Denied"), CALL);
    const journal = new PatientJournal(
      {
        ...unreadable(() => {
          attempts += 1;
          throw refused;
        }),
        write: () => Promise.resolve({ kind: "written", tag: "1" }),
      },
      { clock: ports.clock },
    );
    await journal.write({ ...EMPTY, lock: { holder: "anna", actor: "anna", since: 0, leaseUntil: MINUTE } }, undefined);
    await expect(journal.read()).rejects.toBe(refused);
    expect(attempts).toBe(1);
  });

  test("is reported once, however many calls meet it", async () => {
    const app = new Rehearsal();
    const { clock } = app.process("anna").ports;
    let failures = 5;
    const dropped = new AwsCallError("unreachable", new Error("socket hang up"), CALL);
    const found = { document: EMPTY, tag: "1" };
    const reported: Error[] = [];
    const journal = new PatientJournal(
      {
        ...unreadable(() => {
          throw dropped;
        }),
        read: () => (failures-- > 0 ? Promise.reject(dropped) : Promise.resolve(found)),
        write: () => Promise.resolve({ kind: "written", tag: "1" }),
      },
      { clock, onTrouble: (error) => reported.push(error) },
    );
    await journal.write({ ...EMPTY, lock: { holder: "anna", actor: "anna", since: 0, leaseUntil: MINUTE } }, undefined);
    expect(await app.sim.run(Promise.all([journal.read(), journal.read()]))).toEqual([found, found]);
    expect(reported).toEqual([dropped]);
  });
});

const CALL = { service: "s3", operation: "GetObject", endpoint: "AWS" };
const EMPTY: JournalDocument = {
  format: 1,
  app: "shop",
  stage: "prod",
  writeId: "1",
  fence: 1,
  sequence: 0,
  requests: [],
  history: [],
  pending: [],
  outbox: [],
};

function unreadable(fail: () => never): Omit<JournalPort, "write"> {
  // oxlint-disable-next-line require-await -- a port rejects, and does not throw
  const read = async () => fail();
  return { read, salvage: read, readLog: read, appendLog: read, keep: read, readKept: read };
}

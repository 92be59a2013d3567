import { expect, test } from "vitest";
import { type JournalMemory, JournalSession } from "../../lib/release/journal-session.ts";
import type { JournalPort } from "../../lib/release/ports/journal-port.ts";
import { Rehearsal } from "./rehearsal.ts";

/** A caller whose sessions follow each other, and how often it has read the journal. */
function caller(app: Rehearsal, holder: string) {
  const { ports } = app.process(holder);
  const memory: JournalMemory = {};
  let reads = 0;
  const journal: JournalPort = {
    read: () => {
      reads++;
      return ports.journal.read();
    },
    write: (document, expected) => ports.journal.write(document, expected),
    salvage: () => ports.journal.salvage(),
    keep: (text) => ports.journal.keep(text),
    readKept: (hash) => ports.journal.readKept(hash),
    readLog: (release) => ports.journal.readLog(release),
    appendLog: (release, events) => ports.journal.appendLog(release, events),
  };
  const options = { app: "shop", stage: "prod", holder, actor: holder, notifies: false, memory };
  const take = () => app.sim.run(JournalSession.acquire(journal, ports.clock, options));
  return { memory, take, reads: () => reads };
}

test("a caller's next session takes the lock without a read where no other deployer wrote", async () => {
  const app = new Rehearsal({ machine: false });
  const anna = caller(app, "anna");
  const first = await anna.take();
  expect(first.isContinued).toBe(false);
  await app.sim.run(first.close());
  const reads = anna.reads();

  const second = await anna.take();
  expect(second.isContinued).toBe(true);
  expect(second.fence).toBe(first.fence + 1);
  expect(anna.reads()).toBe(reads);
  await app.sim.run(second.close());
});

test("where another deployer wrote since, the journal is read again", async () => {
  const app = new Rehearsal({ machine: false });
  const [anna, ben] = [caller(app, "anna"), caller(app, "ben")];
  await app.sim.run((await anna.take()).close());
  const other = await ben.take();
  await app.sim.run(other.close());

  const again = await anna.take();
  expect(again.isContinued).toBe(false);
  expect(again.fence).toBe(other.fence + 1);
  await app.sim.run(again.close());
});

test("the lock of another deployer is respected, and what was remembered is forgotten", async () => {
  const app = new Rehearsal({ machine: false });
  const [anna, ben] = [caller(app, "anna"), caller(app, "ben")];
  await app.sim.run((await anna.take()).close());
  const other = await ben.take();

  await expect(anna.take()).rejects.toMatchObject({ code: "DeployerBusy" });
  expect(anna.memory.left).toBeUndefined();
  await app.sim.run(other.close());
  expect((await anna.take()).isContinued).toBe(false);
});

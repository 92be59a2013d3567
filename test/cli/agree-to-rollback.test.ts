import { expect, test } from "vitest";
import { agreeToRollback } from "../../lib/cli/agree-to-rollback.ts";
import type { Message, Question } from "../../lib/io/message.ts";
import { MINUTE, Rehearsal } from "../release/rehearsal.ts";

/** Asks about a rollback of a release that old, on a terminal that answers so. */
async function agree(ageMs: number, answer: boolean) {
  const app = new Rehearsal();
  const { release } = await app.deploy();
  await app.sim.pass(ageMs);
  const messages: Message[] = [];
  const questions: Question[] = [];
  const host = {
    notify: (message: Message) => void messages.push(message),
    ask: (question: Question) => Promise.resolve(questions.push(question) > 0 && answer),
  };
  const asked = agreeToRollback(app.process("ben").ports, { to: undefined, without: [] }, host);
  const ended = await app.sim.run(asked.catch((error: unknown) => error));
  return { id: release!.id, ended, text: messages.map(({ text }) => text).join("\n"), questions };
}

test("a rollback shows what it leaves, where each member goes, and how old the release is", async () => {
  const { id, text } = await agree(5 * MINUTE, true);
  expect(text).toContain(`Leaves release ${id} by anna, abc123, finished 5 min ago`);
  expect(text).toContain("Shop/create: version 2 → 1");
});

test("a fresh release is left without a question", async () => {
  expect(await agree(5 * MINUTE, false)).toMatchObject({ questions: [] });
});

test("a release older than an hour is asked about, and a no moves nothing", async () => {
  const { id, ended, questions } = await agree(61 * MINUTE, false);
  expect(ended).toMatchObject({ code: "ApprovalNeeded" });
  expect(questions).toMatchObject([{ code: "RollBackOld", passesUnattended: true }]);
  expect(questions[0]?.text).toContain(`Release ${id} was finished 1 h ago`);
});

test("a yes names the confirmed release", async () => {
  const { id, ended } = await agree(61 * MINUTE, true);
  expect(ended).toMatchObject({ leaves: { id }, givesUp: false });
});

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { LINK_PAIRS } from "../../lib/constructs/link-pairs.ts";
import { type InlineApp, startInlineApp } from "../helpers/inline-app.ts";
import { FUNCTION_LINKS } from "../helpers/links/function-links.ts";
import { TRIGGER_LINKS } from "../helpers/links/trigger-links.ts";
import { WORKFLOW_LINKS } from "../helpers/links/workflow-links.ts";

const FAMILIES = [FUNCTION_LINKS, WORKFLOW_LINKS, TRIGGER_LINKS];

test("every pair that can be linked is tried below", () => {
  const tried = FAMILIES.flatMap(({ pairs }) => Object.keys(pairs));
  expect(tried.toSorted()).toEqual(LINK_PAIRS.map(([from, to]) => `${from} to ${to}`).toSorted());
});

describe.each(FAMILIES)("links of $name", ({ prepare, pairs }) => {
  let app: InlineApp;

  beforeAll(async () => {
    app = await startInlineApp({ clockSpeed: 1 });
    const { exitCode } = await app.deploy(await prepare(app.cloud));
    if (exitCode !== 0) throw new Error(app.messages.map(({ text }) => text).join("\n"));
  });

  afterAll(() => app.stop());

  test.each(Object.entries(pairs))("%s: works with the link and is refused without it", async (_pair, tryPair) => {
    await expect(tryPair(app)).resolves.toBeUndefined();
  });
});

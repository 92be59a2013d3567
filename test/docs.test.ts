import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { renderCommands } from "../scripts/render-commands.ts";

it("docs/commands.md says what the verbs say; run `node scripts/document-commands.ts`", () => {
  const page = readFileSync(new URL("../docs/commands.md", import.meta.url), "utf8");
  expect(page).toBe(renderCommands());
});

import { existsSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { renderCommands } from "../scripts/render-commands.ts";
import { renderCoverage } from "../scripts/render-coverage.ts";
import { renderPermissions } from "../scripts/render-permissions.ts";

const page = (name: string) => readFileSync(new URL(`../docs/${name}`, import.meta.url), "utf8");

it("docs/commands.md says what the verbs say; run `node scripts/document-commands.ts`", () => {
  expect(page("commands.md")).toBe(renderCommands());
});

it("docs/coverage.md lists what the services answer; run `node scripts/document-coverage.ts`", async () => {
  expect(page("coverage.md")).toBe(await renderCoverage());
});

it("docs/permissions.md lists the calls that are made; run `node scripts/document-permissions.ts`", () => {
  expect(page("permissions.md")).toBe(renderPermissions());
});

it("docs/architecture.md names only folders and files that exist", () => {
  const named = [...page("architecture.md").matchAll(/`((?:lib|bin|test|docs|scripts)\/[\w./-]*)`/g)].map(
    ([, path = ""]) => path,
  );
  expect(named.length).toBeGreaterThan(20);
  expect(named.filter((path) => !existsSync(new URL(`../${path}`, import.meta.url)))).toEqual([]);
});

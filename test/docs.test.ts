import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join, matchesGlob } from "node:path";
import { describe, expect, it } from "vitest";
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

describe("the links of the pages", () => {
  const root = new URL("..", import.meta.url);
  const pages = globSync(["*.md", "docs/*.md", "templates/*/README.md"], { cwd: root.pathname });
  const text = (path: string) => readFileSync(new URL(path, root), "utf8");
  /** As GitHub makes the name of a heading's anchor. */
  const anchorOf = (heading: string) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-");
  const anchorsOf = (path: string) =>
    [...text(path).matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) => anchorOf(heading));
  const linksOf = (path: string) =>
    [...text(path).matchAll(/\]\((?!https?:)([^)\s]+)\)/g)].map(([, target = ""]) => target);

  it("are of more than twenty pages", () => {
    expect(pages.length).toBeGreaterThan(20);
  });

  it.each(pages)("lead to files and headings that are there, and go out with the package: %s", (page) => {
    const shipped: readonly string[] = JSON.parse(text("package.json")).files;
    for (const link of linksOf(page)) {
      const [path = "", anchor] = link.split("#");
      const target = path === "" ? page : join(dirname(page), path);
      expect(existsSync(new URL(target, root)), `${page}: ${link}`).toBe(true);
      const isShipped = shipped.some((one) => target.startsWith(`${one}/`) || matchesGlob(target, one));
      expect(isShipped, `${page}: ${link}`).toBe(true);
      const isAnchored = anchor === undefined || anchorsOf(target).includes(anchor);
      expect(isAnchored, `${page}: ${link}`).toBe(true);
    }
  });
});

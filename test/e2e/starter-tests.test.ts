import { cpSync, linkSync, mkdirSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { bareProject, type TestProject } from "../helpers/project.ts";

const root = new URL("../..", import.meta.url).pathname.replace(/\/$/, "");
const TEMPLATES = join(root, "templates");

let project: TestProject;

beforeAll(() => {
  project = bareProject();
  const modules = join(project.folder, "node_modules");
  mkdirSync(join(modules, "tidegate"), { recursive: true });
  for (const name of readdirSync(join(root, "node_modules"))) {
    if (!name.startsWith(".")) symlinkSync(join(root, "node_modules", name), join(modules, name));
  }
  // As npm would install it: a package that is a link to this repository is part of the project for vitest.
  linkSync(join(root, "package.json"), join(modules, "tidegate/package.json"));
  linkFiles(join(root, "dist"), join(modules, "tidegate/dist"));
  for (const starter of readdirSync(TEMPLATES)) {
    cpSync(join(TEMPLATES, starter), join(project.folder, starter), { recursive: true });
  }
});

afterAll(() => rmSync(project.folder, { recursive: true, force: true }));

it.each(readdirSync(TEMPLATES).sort())("the starter %s passes its own test", async (starter) => {
  const vitest = join(root, "node_modules/vitest/vitest.mjs");
  const command = ["-C", join(project.folder, starter), process.execPath, vitest, "run"];
  const { exitCode, stdout, stderr } = await project.run("env", command, { NO_COLOR: "1" });
  expect(exitCode, stdout + stderr).toBe(0);
  expect(stdout).toMatch(/Tests +\d+ passed/);
});

function linkFiles(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) linkFiles(source, target);
    else linkSync(source, target);
  }
}

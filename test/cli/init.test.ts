import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bareProject, type TestProject } from "../helpers/project.ts";

let project: TestProject;

beforeEach(() => {
  project = bareProject();
});

afterEach(() => project.remove());

describe("tidegate init", () => {
  it("lists the starters, with a summary of each", async () => {
    const { templates } = await project.json<{ templates: { name: string; summary: string }[] }>("init", "--list");
    expect(templates.map(({ name }) => name)).toEqual(expect.arrayContaining(["messaging", "todo"]));
    expect(templates.every(({ summary }) => summary.length > 10)).toBe(true);
    expect((await project.tidegate("init", "--list")).stdout).toMatch(/^todo +An HTTP API/m);
  });

  it("creates a project with its own name, and says how to continue", async () => {
    const made = await project.tidegate("init", "My Shop", "--template", "messaging");
    expect(made.exitCode).toBe(0);
    expect(made.stdout).toContain("npx tidegate deploy");
    const folder = join(project.folder, "My Shop");
    expect(JSON.parse(readFileSync(join(folder, "package.json"), "utf8"))).toMatchObject({ name: "my-shop" });
    expect(readFileSync(join(folder, ".gitignore"), "utf8")).toContain(".tidegate/");
    expect(existsSync(join(folder, "gitignore"))).toBe(false);
    expect(existsSync(join(folder, "bin/app.ts"))).toBe(true);
  });

  it("fails when the folder holds something, and touches nothing", async () => {
    mkdirSync(join(project.folder, "full"));
    writeFileSync(join(project.folder, "full/notes.txt"), "mine");
    const refused = await project.tidegate("init", "full");
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toContain("is not empty: it holds notes.txt");
    expect(existsSync(join(project.folder, "full/package.json"))).toBe(false);
  });

  it("fails when there is no such starter, and names those that are", async () => {
    const refused = await project.tidegate("init", "x", "--template", "nope");
    expect(refused.stderr).toMatch(/There is no starter 'nope'; there are .*todo/);
    expect(existsSync(join(project.folder, "x"))).toBe(false);
  });
});

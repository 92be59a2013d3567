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
    expect(made.stdout).toMatch(/^ {2}npm install\n {2}npm test\n {2}npx tidegate dev$/m);
    const folder = join(project.folder, "My Shop");
    expect(JSON.parse(readFileSync(join(folder, "package.json"), "utf8"))).toMatchObject({ name: "my-shop" });
    expect(readFileSync(join(folder, ".gitignore"), "utf8")).toContain(".tidegate/");
    expect(existsSync(join(folder, "gitignore"))).toBe(false);
    expect(existsSync(join(folder, "bin/app.ts"))).toBe(true);
  });

  it("keeps what npm has written into a folder, and refuses a package.json that is not JSON", async () => {
    const own = { license: "MIT", dependencies: { tidegate: "file:../t.tgz" }, scripts: { lint: "eslint" } };
    project.write("package.json", JSON.stringify(own));
    project.write("package-lock.json", "{}");
    mkdirSync(join(project.folder, "node_modules"));
    expect(await project.tidegate("init")).toMatchObject({ exitCode: 0 });
    const manifest = JSON.parse(readFileSync(join(project.folder, "package.json"), "utf8"));
    expect(manifest).toMatchObject({ license: "MIT", type: "module", scripts: { lint: "eslint", test: "vitest run" } });
    expect(manifest.dependencies).toMatchObject({ tidegate: "file:../t.tgz" });
    expect(manifest.devDependencies).toHaveProperty("vitest");
    expect(manifest.devDependencies).not.toHaveProperty("tidegate");

    mkdirSync(join(project.folder, "broken"));
    project.write("broken/package.json", "{");
    const refused = await project.tidegate("init", "broken");
    expect(refused.stderr).toMatch(/error ManifestInvalid: .*broken\/package\.json is not valid JSON/);
    expect(existsSync(join(project.folder, "broken/bin"))).toBe(false);
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

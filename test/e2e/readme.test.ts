import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exampleProject, type TestProject } from "../helpers/project.ts";

const root = new URL("../..", import.meta.url).pathname;
const readme = readFileSync(join(root, "README.md"), "utf8");

/** A command of a `console` block, and the lines that the page shows below it. */
interface Shown {
  readonly command: string;
  readonly lines: readonly string[];
}

function shownIn(page: string): Shown[] {
  return [...page.matchAll(/^```console\n([\s\S]*?)^```/gm)].flatMap(([, block]) =>
    block!
      .split(/^\$ /m)
      .filter((part) => part.trim() !== "")
      .map((part) => {
        const [command, ...lines] = part.trimEnd().split("\n");
        return { command: command!, lines };
      }),
  );
}

/** `…` on the page matches any text. */
function pattern(line: string): RegExp {
  const parts = line.split("…").map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`);
}

let project: TestProject;

beforeAll(() => {
  project = exampleProject();
  const bin = join(project.folder, "node_modules/.bin");
  mkdirSync(bin, { recursive: true });
  symlinkSync(join(root, "dist/bin/tidegate.js"), join(bin, "tidegate"));
  execFileSync("chmod", ["+x", join(root, "dist/bin/tidegate.js")]);
});

afterAll(() => project.remove());

describe("the README", () => {
  it("shows what its commands print, command by command", async () => {
    const shown = shownIn(readme);
    expect(shown.length).toBeGreaterThan(5);
    let url = "";
    for (const { command, lines } of shown) {
      const line = command.replaceAll("npx tidegate", "node_modules/.bin/tidegate");
      const result = await project.run("bash", ["-c", line], { API_URL: url });
      expect(result, `${command}\n${result.stdout}\n${result.stderr}`).toMatchObject({ exitCode: 0 });
      const printed = result.stdout
        .trimEnd()
        .split("\n")
        .filter((text) => text !== "");
      expect(printed.length, `${command}\n${result.stdout}`).toBe(lines.length);
      lines.forEach((wanted, index) => expect(printed[index]).toMatch(pattern(wanted)));
      url = /ApiUrl = (\S+)/.exec(result.stdout)?.[1] ?? url;
    }
  });

  it("shows an app that compiles against the package", () => {
    const [, code] = /^```ts\n([\s\S]*?)^```/m.exec(readme)!;
    project.edit("bin/app.ts", () => code!);
    return expect(project.json("synth")).resolves.toMatchObject({ stacks: [{ stackName: "Todo" }] });
  });

  it("links to pages that are there", () => {
    for (const [, target] of readme.matchAll(/\]\(([^)#]+)\)/g)) {
      expect(() => readFileSync(join(root, target!)), target).not.toThrow();
    }
  });
});

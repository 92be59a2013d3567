import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { exampleProject, type TestProject } from "../helpers/project.ts";
import { hasTmux, openTerminal, type Terminal } from "../helpers/terminal.ts";

const LIST = "functions/todo/list.ts";

let project: TestProject;
let terminal: Terminal | undefined;

beforeAll(async () => {
  project = exampleProject();
  project.edit("package.json", (text) => text.replace("{", '{ "scripts": { "test": "echo all is well" },'));
  await project.json("deploy", "--rollout", "AllAtOnce");
});

afterEach(() => {
  terminal?.close();
  terminal = undefined;
});

afterAll(() => project.remove());

function startDev(columns: number, more: NodeJS.ProcessEnv = {}): Terminal {
  const env = { ...project.environment, TERM: "xterm-256color", ...more };
  terminal = openTerminal([process.execPath, project.command, "dev"], { folder: project.folder, env, columns });
  return terminal;
}

async function sees(opened: Terminal, words: RegExp): Promise<void> {
  await expect.poll(() => opened.text(), { timeout: 120_000 }).toMatch(words);
}

describe.skipIf(!hasTmux)("a dev session on a terminal", () => {
  it.each([80, 40])("keeps a build error and the keys on a screen of %i columns until it is fixed", async (columns) => {
    const opened = startDev(columns);
    await sees(opened, /watching 5 functions/);
    await sees(
      opened,
      columns < 50 ? /r deploy t test o open l clear q quit/ : /r redeploy · t tests · o open · l clear · q quit/,
    );
    project.edit(LIST, (text) => text.replace("reply(200, {", "reply(200, , {"));
    await sees(opened, /Unexpected ","[\s\S]*\d+ │[\s\S]*q quit/);
    expect(
      opened
        .screen()
        .split("\n")
        .every((line) => line.length <= columns),
    ).toBe(true);
    project.edit(LIST, (text) => text.replace("reply(200, , {", "reply(200, {"));
    await sees(opened, /live in \d+ ms/);
    expect(opened.screen()).not.toContain("Unexpected");
    opened.press("t");
    await sees(opened, /all is well[\s\S]*The tests passed\./);
    opened.press("l");
    await expect.poll(() => opened.screen()).not.toContain("all is well");
    opened.press("r");
    await sees(opened, /Deployed in \d+ ms/);
    opened.press("q");
    await sees(opened, /Stopped\. What is live stays live\.\s+ended with 0/);
  });

  it("works with NO_COLOR, and ends with Ctrl-C", async () => {
    const opened = startDev(80, { NO_COLOR: "1" });
    await sees(opened, /watching 5 functions/);
    expect(opened.colored()).not.toContain("\u001B[");
    opened.press("C-c");
    await sees(opened, /ended with 0/);
  });
});

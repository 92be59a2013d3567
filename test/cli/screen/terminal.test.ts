import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { emptyProject, type TestProject } from "../../helpers/project.ts";
import { writeSmallApp } from "../../helpers/small-app.ts";
import { hasTmux, openTerminal } from "../../helpers/terminal.ts";

// The canary's one step keeps five minutes in the app: on the local cloud it takes five seconds.
const POLICY = '"Canary10Percent5Minutes"';

let project: TestProject;
let version = 0;

beforeAll(async () => {
  project = emptyProject();
  deployNext();
  const { exitCode, stderr } = await project.tidegate("deploy");
  if (exitCode !== 0) throw new Error(stderr);
});

afterAll(() => project.remove());

function deployNext(): void {
  writeSmallApp(project, { version: ++version, policy: POLICY });
}

/** Every different screen of a deploy, until it has ended. */
async function watchDeploy(
  { columns, env = {} }: { readonly columns: number; readonly env?: NodeJS.ProcessEnv },
  ...flags: string[]
): Promise<string[][]> {
  deployNext();
  const { folder, command, environment } = project;
  const own = { ...environment, TERM: "xterm-256color", ...env };
  const terminal = openTerminal([process.execPath, command, "deploy", ...flags], { folder, env: own, columns });
  const screens: string[][] = [];
  try {
    await expect
      .poll(
        () => {
          const screen = terminal.lines();
          if (screen.join("\n") !== screens.at(-1)?.join("\n")) screens.push(screen);
          return screen.at(-1);
        },
        { timeout: 200_000 },
      )
      .toBe("ended with 0");
    return screens;
  } finally {
    terminal.close();
  }
}

const STEP = "Step 1 of 1: 10 % of calls on the new version of Small/A, Small/B";

describe.skipIf(!hasTmux)("deploy in a terminal", () => {
  test("of 80 columns draws one region, which counts down and leaves nothing behind", async () => {
    const screens = await watchDeploy({ columns: 80 });
    const times = screens.flatMap((screen) => screen.filter((line) => line.startsWith("Step 1 of 1")));
    expect(new Set(times).size).toBeGreaterThan(2);
    const drawn = screens.find((screen) => screen.filter((line) => line.startsWith("  Small/")).length === 2);
    expect(drawn?.filter((line) => line.startsWith("  Small/"))).toEqual([
      expect.stringMatching(/^ {2}Small\/A: version \d+.*; version \d+/),
      expect.stringMatching(/^ {2}Small\/B: version \d+.*; version \d+/),
    ]);
    const last = screens.at(-1) ?? [];
    expect(last.filter((line) => line.startsWith("  Small/"))).toEqual([]);
    expect(last.join("")).toContain(STEP);
    expect(last.length).toBeLessThanOrEqual(15);
    for (const screen of screens) expect(screen.filter((line) => line.length > 80)).toEqual([]);
  });

  test.each([
    ["of 40 columns", { columns: 40 }, []],
    ["with NO_COLOR", { columns: 80, env: { NO_COLOR: "1" } }, []],
    ["of a CI job", { columns: 80, env: { CI: "true" } }, []],
    ["with --progress plain", { columns: 80 }, ["--progress", "plain"]],
  ])("%s has plain lines: what was once shown stays", async (_name, options, flags) => {
    const screens = await watchDeploy(options, ...flags);
    for (const [index, screen] of screens.slice(0, -1).entries()) {
      const next = screens[index + 1]?.join("\n") ?? "";
      expect(next.startsWith(screen.join("\n").trimEnd()), `${screen.join("\n")}\n--- then\n${next}`).toBe(true);
    }
    const text = (screens.at(-1) ?? []).join("");
    expect(text).toContain(STEP.slice(0, 30));
  });
});

test("a deploy into a file is at most 15 lines, and says the same with states in them when asked", async () => {
  deployNext();
  const plain = await project.tidegate("deploy");
  const lines = `${plain.stderr}${plain.stdout}`.trimEnd().split("\n");
  expect(lines.length, lines.join("\n")).toBeLessThanOrEqual(15);
  expect(plain.stderr).toContain(STEP);
  expect(plain.stderr).toContain("each wait of Canary10Percent5Minutes is at most 5 s long");
  expect(plain.stderr).not.toContain("SHIFTING");
  deployNext();
  const verbose = await project.tidegate("deploy", "--verbose");
  for (const words of ["SHIFTING", "CREATE_COMPLETE", STEP.toLowerCase().slice(0, 11)])
    expect(verbose.stderr).toContain(words);
});

test("the same as JSON has a line for each look at the release", async () => {
  deployNext();
  const { stderr } = await project.tidegate("deploy", "--progress", "json");
  const messages = stderr
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as { code: string; data: Record<string, unknown> });
  const looks = messages.filter(({ code }) => code === "ReleaseProgress").map(({ data }) => data);
  expect(looks).toContainEqual(
    expect.objectContaining({ state: "SHIFTING", percent: 10, step: { number: 1, of: 1 }, waitsFor: [] }),
  );
  expect(looks.at(-1)).toMatchObject({ state: "SUCCEEDED", percent: 100 });
});

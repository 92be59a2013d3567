import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fishCompletion } from "../../lib/cli/completion/fish.ts";
import { completionNodes } from "../../lib/cli/completion/words.ts";
import { runCompletion } from "../../lib/cli/verbs/completion-run.ts";
import { VERBS } from "../../lib/cli/verbs.ts";

let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "tidegate-completion-"));
  const { lines = [] } = await runCompletion({ shell: "bash" }, VERBS);
  writeFileSync(join(folder, "tidegate.bash"), `${lines.join("\n")}\n`);
  writeFileSync(join(folder, "order.json"), "{}");
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a real bash offers at the end of a command line. */
function offered(line: string): string[] {
  const words = line.split(" ").map((word) => `'${word}'`);
  const script = `source ./tidegate.bash; COMP_WORDS=(${words.join(" ")}); COMP_CWORD=${words.length - 1}; _tidegate; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const shown = execFileSync("bash", ["--norc", "-eu", "-c", script], { cwd: folder, encoding: "utf8" });
  return shown.split("\n").filter((word) => word !== "");
}

describe("completion in bash", () => {
  it.each([
    ["tidegate dep", ["deploy"]],
    ["tidegate lo", ["logs", "local"]],
    ["tidegate local st", ["start", "stop", "status"]],
    ["tidegate events ", ["list", "show", "send"]],
    ["tidegate deploy --st", ["--stage"]],
    ["tidegate deploy --stage prod --re", ["--require-approval", "--real-time"]],
    ["tidegate deploy --require-approval d", ["dangerous"]],
    ["tidegate invoke create --file or", ["order.json"]],
    ["tidegate invoke create --fi", ["--file"]],
    ["tidegate logs --since ", []],
    ["tidegate nonsense", []],
  ])("%s", (line, words) => {
    expect(offered(line)).toEqual(words);
  });

  it("is registered for the command", () => {
    const script = "source ./tidegate.bash; complete -p tidegate";
    const shown = execFileSync("bash", ["--norc", "-c", script], { cwd: folder, encoding: "utf8" });
    expect(shown.trim()).toBe("complete -F _tidegate tidegate");
  });
});

describe("completion", () => {
  it("has every verb and every flag, in each shell", async () => {
    const nodes = completionNodes(VERBS);
    expect(nodes.map(({ path }) => path)).toEqual(expect.arrayContaining(["deploy", "local clock", "events send"]));
    const fish = fishCompletion(nodes).join("\n");
    const zsh = ((await runCompletion({ shell: "zsh" }, VERBS)).lines ?? []).join("\n");
    const long = nodes.flatMap(({ flags }) => flags.map((flag) => flag.long));
    expect(long.filter((flag) => !fish.includes(`-l ${flag}`) || !zsh.includes(`--${flag}`))).toEqual([]);
    expect(fish).toContain(
      "complete -c tidegate -n '__fish_seen_subcommand_from local; and __fish_seen_subcommand_from clock' -l speed -r",
    );
    expect(zsh).toContain("bashcompinit");
  });

  it("refuses another shell", () => {
    expect(() => runCompletion({ shell: "tcsh" }, VERBS)).toThrow('There is no completion for "tcsh"');
  });
});

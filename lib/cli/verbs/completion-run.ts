import { UserError } from "../../errors.ts";
import { bashCompletion } from "../completion/bash.ts";
import { fishCompletion } from "../completion/fish.ts";
import { completionNodes } from "../completion/words.ts";
import { zshCompletion } from "../completion/zsh.ts";
import { EXIT } from "../exit-codes.ts";
import type { Verb, VerbResult } from "../verb.ts";

const SHELLS = new Map([
  ["bash", bashCompletion],
  ["zsh", zshCompletion],
  ["fish", fishCompletion],
]);

/** Prints the script of a shell. */
export function runCompletion(options: Readonly<Record<string, unknown>>, verbs: readonly Verb[]): Promise<VerbResult> {
  const shell = String(options["shell"]);
  const render = SHELLS.get(shell);
  if (render === undefined) {
    throw new UserError("UsageWrong", `There is no completion for ${JSON.stringify(shell)}`, {
      fix: `Name one of ${[...SHELLS.keys()].join(", ")}.`,
    });
  }
  const lines = render(completionNodes(verbs));
  return Promise.resolve({ exitCode: EXIT.done, document: { shell, script: lines.join("\n") }, lines });
}

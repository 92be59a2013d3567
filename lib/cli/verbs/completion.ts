import type { Verb } from "../verb.ts";

/** `tidegate completion`: what shells complete commands with. `verbs` returns the table that this verb is in. */
export function completionVerbOf(verbs: () => readonly Verb[]): Verb {
  return {
    name: "completion",
    summary: "print a script with which bash, zsh or fish complete verbs and flags",
    arguments: [{ name: "<shell>", description: "bash, zsh or fish: source <(tidegate completion bash)" }],
    run: async (options) => (await import("./completion-run.ts")).runCompletion(options, verbs()),
  };
}

import { bashCompletion } from "./bash.ts";
import type { CompletionNode } from "./words.ts";

/** A script for zsh, which can run bash's completions: `source <(tidegate completion zsh)`. */
export function zshCompletion(nodes: readonly CompletionNode[]): string[] {
  const [, ...bash] = bashCompletion(nodes);
  return [
    "# Completion of tidegate for zsh. Load it with: source <(tidegate completion zsh)",
    "autoload -U +X compinit && compinit",
    "autoload -U +X bashcompinit && bashcompinit",
    ...bash,
  ];
}

import type { CompletionFlag, CompletionNode } from "./words.ts";

/** A script for fish: `tidegate completion fish | source`. */
export function fishCompletion(nodes: readonly CompletionNode[]): string[] {
  return [
    "# Completion of tidegate for fish. Load it with: tidegate completion fish | source",
    "complete -c tidegate -f",
    ...nodes.flatMap((node) => linesOf(node, nodes)),
  ];
}

function linesOf({ path, verbs, flags }: CompletionNode, nodes: readonly CompletionNode[]): string[] {
  const condition = conditionOf(path, nodes);
  return [
    ...verbs.map(({ name, summary }) => `complete -c tidegate -n ${condition} -a ${quote(name)} -d ${quote(summary)}`),
    ...flags.map((flag) => `complete -c tidegate -n ${condition} ${flagOf(flag)}`),
  ];
}

/** All words of the verb are there, and none of those that could follow it. */
function conditionOf(path: string, nodes: readonly CompletionNode[]): string {
  const prefix = path === "" ? "" : `${path} `;
  const next = nodes.flatMap(({ path: other }) => {
    const word = other.startsWith(prefix) ? other.slice(prefix.length) : "";
    return word === "" || word.includes(" ") ? [] : [word];
  });
  const seen = path.split(" ").flatMap((word) => (word === "" ? [] : [`__fish_seen_subcommand_from ${word}`]));
  const unseen = next.length === 0 ? [] : [`not __fish_seen_subcommand_from ${next.join(" ")}`];
  const all = [...seen, ...unseen];
  return quote(all.length === 0 ? "true" : all.join("; and "));
}

function flagOf({ long, short, description, value }: CompletionFlag): string {
  const words = value === undefined ? "" : ` -r${value.isFile ? " -F" : ""}`;
  const choices = (value?.choices.length ?? 0) > 0 ? ` -a ${quote(value?.choices.join(" ") ?? "")}` : "";
  return `-l ${long}${short === undefined ? "" : ` -s ${short}`}${words}${choices} -d ${quote(description)}`;
}

function quote(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}

import type { CompletionFlag, CompletionNode } from "./words.ts";

/** A script for bash: `source <(tidegate completion bash)`. */
export function bashCompletion(nodes: readonly CompletionNode[]): string[] {
  return [
    "# Completion of tidegate for bash. Load it with: source <(tidegate completion bash)",
    "_tidegate() {",
    '  local current="${COMP_WORDS[COMP_CWORD]}" previous="" path="" word index',
    '  if [ "$COMP_CWORD" -gt 0 ]; then previous="${COMP_WORDS[COMP_CWORD-1]}"; fi',
    "  COMPREPLY=()",
    "  for ((index = 1; index < COMP_CWORD; index++)); do",
    '    word="${COMP_WORDS[index]}"',
    '    case "${path:+$path }$word" in',
    `      ${nodes.flatMap(({ path }) => (path === "" ? [] : [quote(path)])).join("|")}) path="\${path:+$path }$word" ;;`,
    "    esac",
    "  done",
    ...caseOf("$path:$previous", valueCases(nodes)),
    "  local words=''",
    ...caseOf("$path", nodes.map(wordCase)),
    '  COMPREPLY=($(compgen -W "$words" -- "$current" || true))',
    "}",
    "complete -F _tidegate tidegate",
  ];
}

function caseOf(subject: string, cases: readonly string[]): string[] {
  return [`  case "${subject}" in`, ...cases.map((line) => `    ${line}`), "  esac"];
}

function wordCase({ path, verbs, flags }: CompletionNode): string {
  const words = [...verbs.map(({ name }) => name), ...flags.map(({ long }) => `--${long}`)];
  return `${quote(path)}) words=${quote(words.join(" "))} ;;`;
}

/** After a flag with a value there is only the value. */
function valueCases(nodes: readonly CompletionNode[]): string[] {
  return nodes.flatMap(({ path, flags }) =>
    flags.flatMap((flag) => {
      if (flag.value === undefined) return [];
      const names = namesOf(flag).map((name) => quote(`${path}:${name}`));
      return [`${names.join("|")}) ${offer(flag.value)}; return 0 ;;`];
    }),
  );
}

function offer({ choices, isFile }: NonNullable<CompletionFlag["value"]>): string {
  if (isFile) return 'COMPREPLY=($(compgen -f -- "$current" || true))';
  return choices.length === 0 ? ":" : `COMPREPLY=($(compgen -W ${quote(choices.join(" "))} -- "$current" || true))`;
}

function namesOf({ long, short }: CompletionFlag): string[] {
  return [`--${long}`, ...(short === undefined ? [] : [`-${short}`])];
}

function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

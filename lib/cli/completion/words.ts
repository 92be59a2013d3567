import { COMMON_FLAGS } from "../flags.ts";
import type { Flag, Verb } from "../verb.ts";

/** What may follow a verb on the command line. */
export interface CompletionNode {
  /** The words after the program's name: `local start`. Empty for the program itself. */
  readonly path: string;
  readonly verbs: readonly { readonly name: string; readonly summary: string }[];
  readonly flags: readonly CompletionFlag[];
}

/** A flag in the forms in which it can be typed. */
export interface CompletionFlag {
  /** Without dashes: `stage`. */
  readonly long: string;
  /** Without its dash: `s`. */
  readonly short?: string;
  readonly description: string;
  /** What its value is: one of these words, a file, or anything. Absent for a switch. */
  readonly value?: { readonly choices: readonly string[]; readonly isFile: boolean };
}

const NAMES = /^(?:-(\w), )?--([\w-]+)(?: [<[](.*?)[>\]])?$/;
const FILES = /^(?:folder|path)$/;

/** What the shell offers at each place: the program and every verb, in the order of the help. */
export function completionNodes(verbs: readonly Verb[]): CompletionNode[] {
  return [{ path: "", verbs: verbs.map(pick), flags: [] }, ...verbs.flatMap((verb) => nodesOf(verb, ""))];
}

function nodesOf(verb: Verb, above: string): CompletionNode[] {
  const path = `${above}${verb.name}`;
  const below = verb.verbs ?? [];
  const flags = verb.run === undefined ? [] : [...(verb.flags ?? []), ...COMMON_FLAGS].flatMap(toFlag);
  return [{ path, verbs: below.map(pick), flags }, ...below.flatMap((one) => nodesOf(one, `${path} `))];
}

function pick({ name, summary }: Verb): CompletionNode["verbs"][number] {
  return { name, summary };
}

function toFlag({ flags, description, choices = [] }: Flag): CompletionFlag[] {
  const [, short, long, value] = NAMES.exec(flags) ?? [];
  if (long === undefined) return [];
  return [
    {
      long,
      description,
      ...(short === undefined ? {} : { short }),
      ...(value === undefined ? {} : { value: { choices, isFile: FILES.test(value) } }),
    },
  ];
}

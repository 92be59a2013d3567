import { EXIT } from "../lib/cli/exit-codes.ts";
import { COMMON_FLAGS } from "../lib/cli/flags.ts";
import type { Flag, Verb } from "../lib/cli/verb.ts";
import { VERBS } from "../lib/cli/verbs.ts";

const EXIT_MEANING: Readonly<Record<keyof typeof EXIT, string>> = {
  done: "done",
  failed: "failed",
  usedWrongly: "used wrongly, or `diff --exit-code` found differences",
  rolledBack: "a gate failed and the release was rolled back",
  approvalNeeded: "approval was needed and there was no terminal, or the release is paused",
  rollbackBlocked: "an alias could not be rolled back",
  finalisePending: "traffic is right, but the stacks' parameters could not follow yet: deploy or resume again",
  nothingToDo:
    "nothing to act on: there is no release, or the verb would change nothing; `status --exit-code`: nothing is deployed; `rollback` without an id after a release that was rolled back",
  journalLost: "the journal is missing or damaged, and its remains do not show the requested action",
  drifted: "`status --exit-code`: an alias does not serve what is recorded, or does not exist",
  running: "`status --exit-code`: a release is under way",
  unattended: "`status --exit-code`: a release is under way and its driver is silent: resume or roll back",
  deployerBusy: "another deployer holds the release: nothing was done",
  partlyUndone:
    "`rollback`: traffic is back, and the release added, removed or changed more than traffic, which stays: the last lines name it",
  interrupted: "interrupted; every alias was rolled back",
};

/** The page of all verbs, flags and exit codes. */
export function renderCommands(): string {
  return [
    "# Commands",
    "",
    "This page is made from the code: `node scripts/document-commands.ts`.",
    "",
    "Results go to standard output, with `--json` as one JSON document; progress and errors go to standard error.",
    "Flags of every verb:",
    "",
    ...flagTable(COMMON_FLAGS),
    "",
    ...VERBS.flatMap((verb) => renderVerb(verb, "tidegate")),
    "## Exit codes",
    "",
    "| code | meaning |",
    "| --- | --- |",
    ...(Object.keys(EXIT) as (keyof typeof EXIT)[]).map((name) => `| ${EXIT[name]} | ${EXIT_MEANING[name]} |`),
    "",
  ].join("\n");
}

function renderVerb(verb: Verb, parent: string): string[] {
  const name = `${parent} ${verb.name}`;
  if (verb.run === undefined) return (verb.verbs ?? []).flatMap((below) => renderVerb(below, name));
  const words = (verb.arguments ?? []).map((argument) => argument.name);
  const flags = verb.flags ?? [];
  return [
    `## \`${[name, ...words].join(" ")}\``,
    "",
    `${verb.summary[0]!.toUpperCase()}${verb.summary.slice(1)}.`,
    "",
    ...(verb.arguments ?? []).map((argument) => `- \`${argument.name}\`: ${argument.description}`),
    ...(words.length > 0 ? [""] : []),
    ...(flags.length > 0 ? [...flagTable(flags), ""] : []),
  ];
}

function flagTable(flags: readonly Flag[]): string[] {
  return [
    "| flag | meaning | default |",
    "| --- | --- | --- |",
    ...flags.map((flag) => {
      const choices = flag.choices === undefined ? "" : ` (${flag.choices.join(", ")})`;
      const standard = flag.defaultValue === undefined ? "" : `\`${String(flag.defaultValue)}\``;
      return `| \`${flag.flags}\` | ${flag.description}${choices} | ${standard} |`;
    }),
  ];
}

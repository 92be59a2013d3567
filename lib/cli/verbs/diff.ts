import { PARAMETER_FLAG, STACKS_ARGUMENT } from "../flags.ts";
import type { Verb } from "../verb.ts";
import { SYNTH_FLAGS } from "./synth.ts";

/** `tidegate diff`: what a deploy would change. */
export const diffVerb: Verb = {
  name: "diff",
  summary: "show what a deploy would change: replacements, orphans and permissions are marked",
  arguments: [STACKS_ARGUMENT],
  flags: [...SYNTH_FLAGS, PARAMETER_FLAG, { flags: "--exit-code", description: "end with 2 if there are differences" }],
  run: async (options, context) => (await import("./diff-run.ts")).runDiff(options, context),
};

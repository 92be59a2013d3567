import { CONTEXT_FLAG, PARAMETER_FLAG, STAGE_FLAG } from "../flags.ts";
import type { Verb } from "../verb.ts";

/** `tidegate dev`: every saved file is live a moment later. */
export const devVerb: Verb = {
  name: "dev",
  summary: "deploy once, then bring each saved file live a moment later; state is kept",
  flags: [STAGE_FLAG, CONTEXT_FLAG, PARAMETER_FLAG],
  run: async (options, context) => (await import("./dev-run.ts")).runDev(options, context),
};

import { CONTEXT_FLAG, PARAMETER_FLAG, PORT_FLAG, STAGE_FLAG } from "../flags.ts";
import type { Verb } from "../verb.ts";

/** `tidegate dev`: every saved file is live a moment later. */
export const devVerb: Verb = {
  name: "dev",
  summary: "deploy once, then bring each saved file live a moment later; state is kept",
  flags: [
    STAGE_FLAG,
    PORT_FLAG,
    CONTEXT_FLAG,
    PARAMETER_FLAG,
    {
      flags: "--inspect [function]",
      description: "run one function, or all, under Node's inspector: breakpoints in TypeScript, at 127.0.0.1:9229",
    },
  ],
  run: async (options, context) => (await import("./dev-run.ts")).runDev(options, context),
};

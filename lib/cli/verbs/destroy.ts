import { PORT_FLAG, STACKS_ARGUMENT } from "../flags.ts";
import type { Verb } from "../verb.ts";
import { SYNTH_FLAGS } from "./synth.ts";

/** `tidegate destroy`: deletes the stacks. */
export const destroyVerb: Verb = {
  name: "destroy",
  summary: "delete the app's stacks from a stage",
  arguments: [STACKS_ARGUMENT],
  flags: [...SYNTH_FLAGS, PORT_FLAG],
  run: async (options, context) => (await import("./destroy-run.ts")).runDestroy(options, context),
};

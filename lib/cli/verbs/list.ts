import { APP_NAME_FLAG, ASSEMBLY_FLAG, STAGE_FLAG } from "../flags.ts";
import type { Verb } from "../verb.ts";

/** `tidegate list`: what is deployed. */
export const listVerb: Verb = {
  name: "list",
  summary: "list what is deployed: endpoints, functions with live versions, queues, tables, outputs",
  flags: [STAGE_FLAG, ASSEMBLY_FLAG, APP_NAME_FLAG],
  run: async (options, context) => (await import("./list-run.ts")).runList(options, context),
};

import { APP_NAME_FLAG, ASSEMBLY_FLAG, STAGE_FLAG } from "../flags.ts";
import type { Verb } from "../verb.ts";

/** `tidegate doctor`: what is wrong with machine, project, account and app. */
export const doctorVerb: Verb = {
  name: "doctor",
  summary: "check machine, project, credentials, bootstrap, quotas, stacks and release; ends with 1 on a problem",
  flags: [STAGE_FLAG, ASSEMBLY_FLAG, APP_NAME_FLAG],
  run: async (options, context) => (await import("./doctor-run.ts")).runDoctor(options, context),
};

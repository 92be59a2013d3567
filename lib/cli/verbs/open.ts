import { APP_NAME_FLAG, ASSEMBLY_FLAG, STAGE_FLAG } from "../flags.ts";
import type { Verb } from "../verb.ts";

/** `tidegate open`: the app's address. */
export const openVerb: Verb = {
  name: "open",
  summary: "print the address of the app's API, and open it in the browser",
  arguments: [{ name: "[endpoint]", description: "the API or function URL by path, where there are several" }],
  flags: [
    STAGE_FLAG,
    ASSEMBLY_FLAG,
    APP_NAME_FLAG,
    { flags: "--print", description: "print the address, and open nothing" },
  ],
  run: async (options, context) => (await import("./open-run.ts")).runOpen(options, context),
};

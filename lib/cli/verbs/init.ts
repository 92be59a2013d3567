import type { Verb } from "../verb.ts";

/** `tidegate init`: a new project from a starter. */
export const initVerb: Verb = {
  name: "init",
  summary: "make a new project from a starter",
  arguments: [{ name: "[folder]", description: "where to: a new or empty folder; the present one by default" }],
  flags: [
    { flags: "--template <name>", description: "which starter; `--list` names them", defaultValue: "todo" },
    { flags: "--list", description: "list the starters, and make nothing" },
  ],
  run: async (options, context) => (await import("./init-run.ts")).runInit(options, context),
};

import type { Verb } from "../verb.ts";

/** `tidegate init`: a new project from a starter. */
export const initVerb: Verb = {
  name: "init",
  summary: "create a new project from a starter",
  arguments: [{ name: "[folder]", description: "the project's folder, new or empty; the current one by default" }],
  flags: [
    { flags: "--template <name>", description: "which starter; `--list` names them", defaultValue: "todo" },
    { flags: "--list", description: "list the starters without creating a project" },
  ],
  run: async (options, context) => (await import("./init-run.ts")).runInit(options, context),
};

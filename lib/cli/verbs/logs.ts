import { APP_NAME_FLAG, ASSEMBLY_FLAG, STAGE_FLAG } from "../flags.ts";
import type { Verb } from "../verb.ts";

/** `tidegate logs`: what functions logged. */
export const logsVerb: Verb = {
  name: "logs",
  summary: "show what functions logged, merged by time, with stack traces in your TypeScript",
  arguments: [
    {
      name: "[functions...]",
      description: "functions by path, name or a part that only one has; all of the app by default",
    },
  ],
  flags: [
    STAGE_FLAG,
    ASSEMBLY_FLAG,
    APP_NAME_FLAG,
    {
      flags: "-f, --follow",
      description: "show new events as they come, until Ctrl-C; with `--json` one document a line",
    },
    {
      flags: "--since <duration>",
      description: "how far back: 90s, 30m, 2h or 1d; 10m by default, 1d for one request",
    },
    {
      flags: "--filter <pattern>",
      description: 'a filter pattern of CloudWatch Logs: a word, or { $.level = "WARN" }',
    },
    { flags: "--errors", description: "only errors, and invocations that failed" },
    { flags: "--version <which>", description: "only one version: `next`, `stable` or a number" },
    { flags: "--request-id <id>", description: "only one request, with every line of it" },
    { flags: "-n, --lines <count>", description: "at most so many events, the newest ones", defaultValue: "1000" },
  ],
  run: async (options, context) => (await import("./logs-run.ts")).runLogs(options, context),
};

import { PORT_FLAG } from "../flags.ts";
import type { Verb } from "../verb.ts";

const SPEED_FLAG = {
  flags: "--clock-speed <factor>",
  description: "how fast the cloud's clock runs: at 60 a minute passes in a second",
};

const IAM_FLAG = {
  flags: "--iam <mode>",
  description:
    "how calls without permission are handled: `enforce` (refused as on AWS), `warn` (logged) or `off`; `tidegate.iam` of cdk.json by default",
};

/** `tidegate local …`: the embedded cloud of this project; outside of a project, the user's own. */
export const localVerb: Verb = {
  name: "local",
  summary: "start, stop and inspect the local cloud",
  verbs: [
    {
      name: "start",
      summary: "start the local cloud in the background, unless it is running",
      flags: [PORT_FLAG, SPEED_FLAG, IAM_FLAG],
      run: async (options, context) => (await import("./local-run.ts")).runStart(options, context),
    },
    {
      name: "stop",
      summary: "stop it; its state is kept",
      run: async (_options, context) => (await import("./local-run.ts")).runStop(context),
    },
    {
      name: "status",
      summary: "show its address, process, clock and services",
      run: async (_options, context) => (await import("./local-run.ts")).runStatus(context),
    },
    {
      name: "reset",
      summary: "stop it and delete all state",
      run: async (_options, context) => (await import("./local-run.ts")).runReset(context),
    },
    {
      name: "logs",
      summary: "show the end of its log",
      flags: [{ flags: "-n, --lines <count>", description: "how many lines", defaultValue: "50" }],
      run: async (options, context) => (await import("./local-run.ts")).runLogs(options, context),
    },
    {
      name: "clock",
      summary: "move its clock forward, or change how fast it runs",
      flags: [
        { flags: "--speed <factor>", description: "how fast: at 60 a minute passes in a second" },
        { flags: "--advance <duration>", description: "how far forward, for example 90s, 30m, 2h, 1d" },
      ],
      run: async (options, context) => (await import("./local-run.ts")).runClock(options, context),
    },
  ],
};

import { APP_NAME_FLAG, ASSEMBLY_FLAG, PORT_FLAG, STAGE_FLAG } from "../flags.ts";
import { SET_FLAG } from "../set-flag.ts";
import type { Verb } from "../verb.ts";

/** `tidegate invoke`: calls a function. */
export const invokeVerb: Verb = {
  name: "invoke",
  summary: "call a function: its answer, the end of its log, its figures, and errors in your TypeScript",
  arguments: [
    { name: "<function>", description: "the function by path, name or a part that only it has" },
    { name: "[payload]", description: "the event as JSON, or - for standard input; {} by default" },
  ],
  flags: [
    STAGE_FLAG,
    PORT_FLAG,
    ASSEMBLY_FLAG,
    APP_NAME_FLAG,
    { flags: "--file <path>", description: "read the event from a file" },
    {
      flags: "--event <type>",
      description: "a sample of what an event source sends; `tidegate events list` names them",
    },
    { flags: "--replay <request-id>", description: "the event of an earlier invocation, which the local cloud keeps" },
    SET_FLAG,
    { flags: "--version <which>", description: "`next`, `stable` or a number; what the alias serves by default" },
    { flags: "--async", description: "leave the event with Lambda and do not wait for the answer" },
    { flags: "--dry-run", description: "see whether the function may be called, and do not call it" },
  ],
  run: async (options, context) => (await import("./invoke-run.ts")).runInvoke(options, context),
};

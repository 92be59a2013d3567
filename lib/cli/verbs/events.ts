import { APP_NAME_FLAG, ASSEMBLY_FLAG, PORT_FLAG, STAGE_FLAG } from "../flags.ts";
import { SET_FLAG } from "../set-flag.ts";
import type { Verb } from "../verb.ts";

/** `tidegate events …`: samples of events, and sending them. */
export const eventsVerb: Verb = {
  name: "events",
  summary: "list and show samples of what event sources send, and send events",
  verbs: [
    {
      name: "list",
      summary: "list the event sources that there is a sample of",
      run: async () => (await import("./events-run.ts")).runEventsList(),
    },
    {
      name: "show",
      summary: "print a sample, for example as the start of a file for `invoke --file`",
      arguments: [{ name: "<type>", description: "an event source; `tidegate events list` names them" }],
      flags: [SET_FLAG],
      run: async (options) => (await import("./events-run.ts")).runEventsShow(options),
    },
    {
      name: "send",
      summary: "send an event to a queue, a topic, an event bus or a stream of the app",
      arguments: [
        { name: "<target>", description: "the queue, topic, bus or stream by path, name or a part that only it has" },
        { name: "[payload]", description: "what is sent, as JSON, or - for standard input" },
      ],
      flags: [
        STAGE_FLAG,
        PORT_FLAG,
        ASSEMBLY_FLAG,
        APP_NAME_FLAG,
        { flags: "--file <path>", description: "read what is sent from a file" },
        SET_FLAG,
        { flags: "--detail-type <type>", description: "the type of an event for a bus; Test by default" },
        { flags: "--source <source>", description: "the source of an event for a bus; tidegate by default" },
        {
          flags: "--key <key>",
          description: "the message group of a FIFO queue or topic, or a stream's partition key",
        },
      ],
      run: async (options, context) => (await import("./events-run.ts")).runEventsSend(options, context),
    },
  ],
};

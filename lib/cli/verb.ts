import type { IoHost } from "../io/message.ts";

/** What every verb is given besides its own arguments. */
export interface VerbContext {
  /** Where the command was called. Absolute. */
  readonly folder: string;
  readonly host: IoHost;
  /** Aborted by Ctrl-C or SIGTERM; a second one ends the process at once. */
  readonly signal: AbortSignal;
  readonly json: boolean;
  readonly yes: boolean;
  readonly env: NodeJS.ProcessEnv;
  /** Writes a line to standard output at once, for verbs whose result grows as it comes. */
  readonly print: (line: string) => void;
  /** Takes what is to be closed when the verb has ended. @default - nothing is closed before the process ends */
  readonly closeAtEnd?: (resource: { close(): Promise<void> }) => void;
}

/** The result of a verb. */
export interface VerbResult {
  /** See `exit-codes.ts`. */
  readonly exitCode: number;
  /** What `--json` prints: one document. Undefined where `print` has written all there is. */
  readonly document: unknown;
  /** What standard output gets without `--json`. */
  readonly lines?: readonly string[];
}

/** A flag in commander's notation, for example `--stage <name>`. */
export interface Flag {
  readonly flags: string;
  readonly description: string;
  readonly choices?: readonly string[];
  readonly defaultValue?: string | boolean;
  /** Turns the words into a value; throws a `UserError` for bad ones. */
  readonly parse?: (value: string) => unknown;
  /** May be given more than once: values are gathered in an array. */
  readonly repeatable?: boolean;
}

/** A positional argument in commander's notation: `<name>`, `[name]`, `[names...]`. */
export interface Argument {
  readonly name: string;
  readonly description: string;
}

/** One verb of the command line, as a value. Its work is loaded when it runs. */
export interface Verb {
  readonly name: string;
  readonly summary: string;
  readonly arguments?: readonly Argument[];
  readonly flags?: readonly Flag[];
  /** Verbs below this one, for example `local start`. */
  readonly verbs?: readonly Verb[];
  readonly run?: (options: Readonly<Record<string, unknown>>, context: VerbContext) => Promise<VerbResult>;
}

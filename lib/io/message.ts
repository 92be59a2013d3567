import type { Progress } from "./progress.ts";

/** How much a message matters. `error` and `warn` are always shown; `debug` only with `--verbose`. */
export type MessageLevel = "error" | "warn" | "info" | "debug";

/** One thing that Tidegate says, as data. A host decides how it looks. */
export interface Message {
  /** Unique PascalCase literal, for example `StackEvent`: what scripts may rely on. */
  readonly code: string;
  readonly level: MessageLevel;
  /** The same in words: one or more lines without a trailing newline. */
  readonly text: string;
  /** What the words were made of; plain JSON data. */
  readonly data?: unknown;
  /** How far a piece of long work is. A display may show it instead of the text. @default - the text is all there is */
  readonly progress?: Progress;
}

/** A yes-or-no question that stops the work until it is answered. */
export interface Question {
  readonly code: string;
  readonly text: string;
  /** What happens without an answer from a terminal: always the careful side. */
  readonly refusal: string;
  /** Without a terminal the work continues: for urgent actions that can be undone. @default - it is refused */
  readonly passesUnattended?: true;
}

/** Shows messages and answers questions: a terminal, a log, a test. */
export interface IoHost {
  notify(message: Message): void;
  ask(question: Question): Promise<boolean>;
}

/** A host that prints nothing and answers no to every question. */
export const SILENT_HOST: IoHost = {
  notify: () => undefined,
  ask: () => Promise.resolve(false),
};

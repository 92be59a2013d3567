import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { text } from "node:stream/consumers";
import { UserError } from "../errors.ts";
import { type EventChange, setPath } from "../look/invoke/set-path.ts";
import { findSample } from "./find-sample.ts";

/** Where the event of a call comes from. At most one of the first four is given. */
export interface PayloadSource {
  /** JSON, or `-` for standard input. */
  readonly argument: string | undefined;
  /** A path; relative to `folder`. */
  readonly file: string | undefined;
  /** The name of a sample. */
  readonly sample: string | undefined;
  /** Reads the event of an earlier invocation. */
  readonly replay: (() => Promise<string>) | undefined;
  readonly changes: readonly EventChange[];
  readonly folder: string;
}

/** The event of a call as JSON text: `{}` where none is given. Throws a `UserError` for what is not JSON. */
export async function readPayload(source: PayloadSource): Promise<string> {
  const { argument, file, sample, replay, changes } = source;
  const given = [
    ["the payload", argument],
    ["--file", file],
    ["--event", sample],
    ["--replay", replay],
  ].flatMap(([name, value]) => (value === undefined ? [] : [String(name)]));
  if (given.length > 1) {
    throw new UserError("UsageWrong", `${given.join(" and ")} are given together`, {
      fix: "Give one event: as an argument, with --file, --event or --replay.",
    });
  }
  const { content, place } = await readText(source);
  const event = parse(content, place);
  return JSON.stringify(changes.reduce(setPath, event));
}

/** The changes that `--set` was given, in their order. */
export function changesOf(given: unknown): readonly EventChange[] {
  return Array.isArray(given) ? given : [];
}

async function readText(source: PayloadSource): Promise<{ readonly content: string; readonly place: string }> {
  const { argument, file, sample, replay, folder } = source;
  if (sample !== undefined) return { content: JSON.stringify(findSample(sample).build()), place: "The sample" };
  if (replay !== undefined) return { content: await replay(), place: "The kept event" };
  if (argument === "-" || file === "-") return { content: await text(process.stdin), place: "Standard input" };
  if (file === undefined) return { content: argument ?? "{}", place: "The payload" };
  const path = resolve(folder, file);
  try {
    return { content: readFileSync(path, "utf8"), place: path };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new UserError("UsageWrong", `The file of --file cannot be read: ${why}`, { cause });
  }
}

function parse(content: string, place: string): unknown {
  try {
    return JSON.parse(content) as unknown;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new UserError("PayloadNotJson", `${place} is not JSON: ${why}`, {
      fix: `Write for example '{"id": 7}', in single quotes for the shell.`,
      cause,
    });
  }
}

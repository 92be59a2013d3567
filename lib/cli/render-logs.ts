import { styleText } from "node:util";
import type { LogEvent } from "../look/logs/log-event.ts";
import { isFailure } from "../look/logs/log-event.ts";
import { escapeControls } from "../util/escape-controls.ts";
import { redact } from "../util/redact.ts";
import { renderReport } from "./render-report.ts";

const MAX_FRAMES = 10;
/** Request ids are shown by their first part: enough to tell requests apart. Failures show the whole of it. */
const SHOWN_ID_LENGTH = 8;

/** How events are shown. */
export interface LogView {
  /** Lambda's own lines too. */
  readonly isVerbose: boolean;
  /** Whether colours are written. */
  readonly isColored: boolean;
}

/** Shows events as lines, with a line for each new day. */
export class LogLines {
  readonly #view: LogView;
  #day = "";

  constructor(view: LogView) {
    this.#view = view;
  }

  /** The lines of an event; none for one that is only shown with `--verbose`. */
  of(event: LogEvent): string[] {
    const text = this.#textOf(event);
    if (text === undefined) return [];
    const [day = "", time = ""] = new Date(event.at).toISOString().replace("Z", "").split("T");
    const head = this.#day === day ? [] : [this.#paint("dim", `${day} (UTC)`)];
    this.#day = day;
    const id = event.requestId === undefined ? "" : ` ${event.requestId.slice(0, SHOWN_ID_LENGTH)}`;
    const place = this.#paint("dim", `${time} ${event.path} v${event.version}${id}`);
    const lines = redact(escapeControls(text)).split("\n");
    const shown = isFailure(event) ? lines.map((line) => this.#paint("red", line)) : lines;
    const [first = "", ...more] = shown;
    return [...head, `${place}  ${first}`, ...more.map((line) => `    ${line}`), ...this.#frames(event)];
  }

  #frames({ error }: LogEvent): string[] {
    const frames = error?.stack ?? [];
    const left = frames.length - MAX_FRAMES;
    const lines = frames.slice(0, MAX_FRAMES).map((frame) => `    ${escapeControls(frame)}`);
    return left > 0 ? [...lines, `    … ${left} more frames`] : lines;
  }

  #textOf(event: LogEvent): string | undefined {
    const { kind, report } = event;
    if (kind === "report" && report !== undefined) return renderReport(report);
    if (kind === "line") return `${withLevel(event)}${event.error === undefined ? "" : requestOf(event)}`;
    return this.#view.isVerbose ? event.message : undefined;
  }

  #paint(style: "dim" | "red", text: string): string {
    return this.#view.isColored ? styleText(style, text, { validateStream: false }) : text;
  }
}

function withLevel({ level, text }: LogEvent): string {
  return level === undefined || level === "INFO" ? text : `${level} ${text}`;
}

function requestOf({ requestId }: LogEvent): string {
  return requestId === undefined ? "" : ` (request ${requestId})`;
}

/** An event as `--json` prints it. */
export function logDocument({ source: _source, at, ...event }: LogEvent): Readonly<Record<string, unknown>> {
  return { time: new Date(at).toISOString(), ...event };
}

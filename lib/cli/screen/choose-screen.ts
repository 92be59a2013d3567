import type { WriteStream } from "node:tty";

/** A region that is redrawn needs so many columns to say something. */
const LEAST_COLUMNS = 60;

/** Whether progress can be drawn in place: on a terminal that is wide enough, unless plain lines were requested. */
export function canDraw(terminal: Pick<WriteStream, "isTTY" | "columns">, env: NodeJS.ProcessEnv): boolean {
  if (!terminal.isTTY || terminal.columns < LEAST_COLUMNS) return false;
  const isPlain = (env["NO_COLOR"] ?? "") !== "" || env["TERM"] === "dumb";
  const isCi = (env["CI"] ?? "") !== "" && env["CI"] !== "false";
  return !isPlain && !isCi;
}

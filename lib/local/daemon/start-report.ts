import type { RunningDaemon } from "./find-daemon.ts";

/** The result of a background cloud's start, as it reports it to its parent. */
export type StartReport =
  | ({ readonly outcome: "ready" } & RunningDaemon)
  | {
      readonly outcome: "failed";
      readonly code: string;
      readonly message: string;
      readonly fix?: string | undefined;
    };

/** Sends the report to the parent, if one still listens, and disconnects from it. */
export function tellParent(report: StartReport): void {
  if (process.send === undefined || !process.connected) return;
  process.send(report, () => {
    if (process.connected) process.disconnect();
  });
}

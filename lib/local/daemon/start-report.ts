import type { RunningDaemon } from "./find-daemon.ts";

/** How the start of a background cloud went, as it tells its parent. */
export type StartReport =
  | ({ readonly outcome: "ready" } & RunningDaemon)
  | {
      readonly outcome: "failed";
      readonly code: string;
      readonly message: string;
      readonly fix?: string | undefined;
    };

/** Tells the parent, if one still listens, and lets go of it. */
export function tellParent(report: StartReport): void {
  if (process.send === undefined || !process.connected) return;
  process.send(report, () => {
    if (process.connected) process.disconnect();
  });
}

/** What a check found. */
export interface Finding {
  /** What was checked, for example `credentials`. */
  readonly check: string;
  /** `problem`: something does not work. `warning`: it works, and may not for long. */
  readonly state: "ok" | "warning" | "problem";
  readonly text: string;
  /** The command that fixes it, or what else to do. */
  readonly fix?: string;
}

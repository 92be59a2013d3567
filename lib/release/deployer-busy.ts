import { UserError } from "../errors.ts";
import type { JournalDocument } from "./ports/journal-port.ts";

/** The refusal to act beside a deployer whose lease still runs. `more` is a further sentence. */
export function deployerBusy(
  { actor, holder, leaseUntil }: NonNullable<JournalDocument["lock"]>,
  { app, stage }: Pick<JournalDocument, "app" | "stage">,
  now: number,
  more = "",
): UserError {
  const seconds = Math.ceil((leaseUntil - now) / 1000);
  const message = `${actor} (${holder}) is deploying ${app} ${stage}; its lease runs ${seconds} s more.`;
  return new UserError("DeployerBusy", message + (more === "" ? "" : ` ${more}`), {
    fix: "Wait for it, or send it a request with `pause`, `promote` or `abort`.",
  });
}

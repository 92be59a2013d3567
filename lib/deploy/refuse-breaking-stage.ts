import type { StackView } from "./stack-view.ts";
import { UserError } from "../errors.ts";
import type { IoHost } from "../io/message.ts";

/** Throws a `UserError` where a stage would take something from a live version; warns where the user allows it. */
export function refuseBreakingStage(views: readonly StackView[], allowed: boolean, host: IoHost): void {
  const problems = views.flatMap(({ stack, stageProblems }) =>
    stageProblems.map((problem) => `${stack.displayName}: ${problem}`),
  );
  if (problems.length === 0) return;
  if (!allowed) {
    throw new UserError(
      "StageBreaksLive",
      `The version that is live would lose what it needs before any traffic moves:\n  ${problems.join("\n  ")}`,
      {
        fix: "Nothing was changed. Make the change in two deploys: add the new resource and move the code first, remove the old one after that. Or accept failed requests with --allow-breaking-stage.",
      },
    );
  }
  for (const problem of problems) {
    host.notify({ code: "StageBreaksLive", level: "warn", text: `${problem}; allowed by --allow-breaking-stage.` });
  }
}

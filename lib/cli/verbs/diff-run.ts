import { AppStacks } from "../../deploy/app-stacks.ts";
import { diffStack, type StackDiff } from "../../deploy/diff-stacks.ts";
import { selectStacks } from "../../deploy/select-stacks.ts";
import { assemblyFor } from "../assembly-for.ts";
import { formatCount } from "../../util/format-count.ts";
import { connectToRead } from "../connect.ts";
import { EXIT } from "../exit-codes.ts";
import type { VerbContext, VerbResult } from "../verb.ts";

/** Compares the app with what is deployed, and changes nothing. */
export async function runDiff(options: Readonly<Record<string, unknown>>, context: VerbContext): Promise<VerbResult> {
  const { project, stage, target } = await connectToRead(options, context);
  const assembly = await assemblyFor(project, stage, options, context);
  const stacks = selectStacks(assembly, (options["stacks"] ?? []) as string[]);
  const views = await new AppStacks({ target, stacks, host: context.host, signal: context.signal }).read();
  const diffs = await Promise.all(views.map(diffStack));
  const differences = diffs.reduce((sum, diff) => sum + diff.differences, 0);
  return {
    exitCode: differences > 0 && options["exitCode"] === true ? EXIT.usedWrongly : EXIT.done,
    document: { stage: stage.name, differences, stacks: diffs.map(({ lines: _lines, ...diff }) => diff) },
    lines: diffs.flatMap(renderStackDiff),
  };
}

function renderStackDiff(diff: StackDiff): string[] {
  const { displayName, isNew, differences, shown, lines, broadensPermissions, held, deferred, stageProblems } = diff;
  if (differences === 0) return [`${displayName}: no differences`];
  const warning = broadensPermissions ? ["  This change grants permissions that were not granted before."] : [];
  return [
    `${displayName}: ${isNew ? "new, " : ""}${formatCount(shown, "difference")}`,
    ...lines.map((line) => `  ${line}`),
    ...warning,
    ...Object.entries(held).map(([id, why]) => `  ${id} stays until the release is promoted: ${why}.`),
    ...deferred.map((text) => `  ${text}.`),
    ...stageProblems.map((problem) => `  Refused without --allow-breaking-stage: ${problem}.`),
  ];
}

import { destroyStacks, type DestroyResult } from "../../deploy/destroy.ts";
import { selectStacks } from "../../deploy/select-stacks.ts";
import { AbortError } from "../../errors.ts";
import { LOCAL_STAGE } from "../../synth/project.ts";
import { assemblyFor } from "../assembly-for.ts";
import { connect } from "../connect.ts";
import { EXIT } from "../exit-codes.ts";
import type { VerbContext, VerbResult } from "../verb.ts";

/** Deletes the stacks after confirmation. The stage `local` needs no confirmation. */
export async function runDestroy(
  options: Readonly<Record<string, unknown>>,
  context: VerbContext,
): Promise<VerbResult> {
  const { project, stage, target } = await connect(options, context);
  const assembly = await assemblyFor(project, stage, options, context);
  const stacks = selectStacks(assembly, (options["stacks"] ?? []) as string[]);
  const names = stacks.map(({ stackName }) => stackName).join(", ");
  const agreed =
    (stage.name === LOCAL_STAGE && !stage.protected) ||
    (await context.host.ask({
      code: "DestroyStacks",
      text: `Delete ${names} in account ${target.account}, ${target.region} (stage ${stage.name})?`,
      refusal: "Nothing was deleted.",
    }));
  if (!agreed) throw new AbortError("ApprovalNeeded", "Aborted: deletion not confirmed. No stack was deleted.");
  const results = await destroyStacks(target, stacks, context.host, context.signal);
  return { exitCode: EXIT.done, document: { stage: stage.name, stacks: results }, lines: results.map(renderResult) };
}

function renderResult({ stackName, outcome, retained }: DestroyResult): string {
  if (outcome === "absent") return `${stackName}: did not exist`;
  return retained.length === 0
    ? `${stackName}: deleted`
    : `${stackName}: deleted, except resources that its template retains: ${retained.join(", ")}`;
}

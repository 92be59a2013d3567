import { evaluate } from "../../../../template/intrinsics.ts";
import { AwsError } from "../../../aws-error.ts";
import { findExport, importersOf } from "../exports.ts";
import type { StoredOutput } from "../model.ts";
import type { RevisionPlan } from "../plan.ts";
import { textOf } from "../../../../template/text.ts";
import type { OutputDeclaration } from "../../../../template/template.ts";
import { localiseInvokeUrls } from "./local-urls.ts";
import type { StackRun } from "./stack-run.ts";

/** Works out the outputs, and holds exports to their rules: one of a name in a region, and none taken while in use. */
export async function settleOutputs(run: StackRun, plan: RevisionPlan): Promise<StoredOutput[]> {
  const outputs: StoredOutput[] = [];
  for (const declaration of plan.template.outputs.values()) {
    if (declaration.condition !== undefined && !plan.scope.condition(declaration.condition)) continue;
    outputs.push(await settleOutput(run, plan, declaration));
  }
  checkExports(run, outputs);
  return outputs;
}

async function settleOutput(run: StackRun, plan: RevisionPlan, declaration: OutputDeclaration): Promise<StoredOutput> {
  const value = evaluate(declaration.value, plan.scope);
  if (typeof value === "object" || typeof value === "symbol") {
    throw new AwsError(
      "ValidationError",
      `Template format error: The Value field of every Outputs member must evaluate to a String.`,
    );
  }
  const exportName =
    declaration.exportName === undefined ? undefined : textOf(evaluate(declaration.exportName, plan.scope));
  return {
    OutputKey: declaration.name,
    OutputValue: await localiseInvokeUrls(textOf(value), run),
    ...(declaration.description !== undefined && {
      Description: textOf(evaluate(declaration.description, plan.scope)),
    }),
    ...(exportName !== undefined && { ExportName: exportName }),
  };
}

function checkExports(run: StackRun, outputs: readonly StoredOutput[]): void {
  const { store } = run.parts;
  const { stack } = run;
  const names = new Set<string>();
  for (const { ExportName: name } of outputs) {
    if (name === undefined) continue;
    if (names.has(name)) throw new AwsError("ValidationError", `Duplicate Export names are not allowed: ${name}`);
    names.add(name);
    const other = findExport(store, stack.region, name);
    if (other && other.stack.id !== stack.id) {
      throw new AwsError(
        "ValidationError",
        `Export with name ${name} is already exported by stack ${other.stack.name}.`,
      );
    }
  }
  for (const old of stack.outputs) {
    if (old.ExportName === undefined) continue;
    const next = outputs.find((output) => output.ExportName === old.ExportName);
    if (next?.OutputValue === old.OutputValue) continue;
    const users = importersOf(store, stack.region, old.ExportName);
    if (users.length === 0) continue;
    const verb = next ? "updated" : "deleted";
    throw new AwsError(
      "ValidationError",
      `Export ${old.ExportName} cannot be ${verb} as it is in use by ${users.join(", ")}`,
    );
  }
}

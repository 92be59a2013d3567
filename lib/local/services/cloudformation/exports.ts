import type { Export } from "@aws-sdk/client-cloudformation";
import type { StackRecord } from "./model.ts";
import type { StackStore } from "./stack-store.ts";

/** An export with the stack that gives it. */
export interface FoundExport {
  readonly stack: StackRecord;
  readonly name: string;
  readonly value: string;
}

/** All exports of a region, by name. */
export function listExports(store: StackStore, region: string): FoundExport[] {
  return store
    .list(region)
    .filter((stack) => stack.status !== "DELETE_COMPLETE")
    .flatMap((stack) =>
      stack.outputs
        .filter((output) => output.ExportName !== undefined)
        .map((output) => ({ stack, name: output.ExportName!, value: output.OutputValue })),
    )
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The export of this name in the region; undefined where no stack has it. */
export function findExport(store: StackStore, region: string, name: string): FoundExport | undefined {
  return listExports(store, region).find((found) => found.name === name);
}

/** The names of the stacks that import an export. */
export function importersOf(store: StackStore, region: string, exportName: string): string[] {
  return store
    .list(region)
    .filter((stack) => stack.status !== "DELETE_COMPLETE" && stack.imports.includes(exportName))
    .map((stack) => stack.name);
}

/** An export as `ListExports` returns it. */
export function describeExport(found: FoundExport): Export {
  return { ExportingStackId: found.stack.id, Name: found.name, Value: found.value };
}

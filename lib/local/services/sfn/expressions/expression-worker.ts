import { parentPort } from "node:worker_threads";
import type { JsonataScope } from "./expression.ts";
import { ExpressionError, fillJsonata } from "./fill-jsonata.ts";

/** A value to fill. The worker has one at a time. */
export interface FillRequest {
  readonly value: unknown;
  readonly scope: JsonataScope;
  readonly field: string;
  readonly limitMs: number;
}

/** What the worker says: that it is there, what it begins, and how the value came out. */
export type WorkerMessage =
  | { readonly kind: "ready" }
  | { readonly kind: "expression"; readonly source: string; readonly field: string }
  | { readonly kind: "filled"; readonly value: unknown }
  | { readonly kind: "failed"; readonly message: string; readonly field: string };

const say = (message: WorkerMessage) => parentPort?.postMessage(message);

parentPort?.on("message", ({ value, scope, field, limitMs }: FillRequest) => {
  const onExpression = (source: string, field: string) => say({ kind: "expression", source, field });
  fillJsonata(value, field, { scope, endMs: performance.now() + limitMs, onExpression }).then(
    (filled) => say({ kind: "filled", value: filled }),
    (error: unknown) =>
      say({
        kind: "failed",
        message: String(error instanceof Error ? error.message : error),
        field: fieldOf(error, field),
      }),
  );
});
say({ kind: "ready" });

function fieldOf(error: unknown, field: string): string {
  return error instanceof ExpressionError ? error.field : field;
}

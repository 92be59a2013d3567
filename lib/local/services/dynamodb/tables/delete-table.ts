import type { Output, Input } from "../../../kit/operation-types.ts";
import { AwsError } from "../../../aws-error.ts";
import type { RequestContext } from "../../../service.ts";
import type { Engine } from "../context.ts";
import { RequestChecks } from "../request-checks.ts";
import { validationError } from "../errors.ts";
import { TRANSITION_MS } from "./create-table.ts";
import { describeState } from "./describe-table.ts";
import type { Table } from "./table.ts";

/** Deletes a table with its items and indexes. `ResourceInUseException` while it is being changed. */
export function deleteTable(
  engine: Engine,
  input: Input<"dynamodb", "DeleteTable">,
  context: RequestContext,
): Output<"dynamodb", "DeleteTable"> {
  new RequestChecks().tableName(input.TableName).done();
  const table = engine.tables.require(context, input.TableName);
  checkNotBusy(table);
  if (table.deletionProtected)
    throw validationError(
      `Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.`,
    );
  const nowMs = engine.cloud.clock.now();
  const deleted: Table = { ...table, transition: { status: "DELETING", untilMs: nowMs + TRANSITION_MS } };
  const totals = engine.rows.totals(table.id);
  engine.cloud.store.transaction(() => {
    engine.rows.deleteTable(table);
    if (table.stream) engine.changes.disable(table.stream.arn, nowMs);
    engine.tables.save(deleted);
  });
  return { TableDescription: describeState(deleted, totals) };
}

/** Refuses to change a table while it is being made, changed or deleted. */
export function checkNotBusy({ name, transition, globalIndexes }: Table): void {
  const status = transition?.status ?? globalIndexes.find((index) => index.transition)?.transition?.status;
  if (!status) return;
  const doing = transition ? status.toLowerCase().replace("ing", "ed") : "updated";
  throw new AwsError(
    "ResourceInUseException",
    `Attempt to change a resource which is still in use: Table is being ${doing}: ${name}`,
  );
}

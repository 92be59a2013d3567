import type { Output, Input } from "../../../kit/operation-types.ts";
import type { Checked } from "../../../kit/checked.ts";
import type { ContinuousBackupsDescription } from "@aws-sdk/client-dynamodb";
import { AwsError } from "../../../aws-error.ts";
import type { RequestContext } from "../../../service.ts";
import type { Engine } from "../context.ts";
import { RequestChecks } from "../request-checks.ts";
import type { Table } from "./table.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const LONGEST_DAYS = 35;

/** Keeps the setting; nothing is backed up here, and restoring is not supported. */
export function updateContinuousBackups(
  engine: Engine,
  input: Input<"dynamodb", "UpdateContinuousBackups">,
  context: RequestContext,
): Output<"dynamodb", "UpdateContinuousBackups"> {
  const { TableName, PointInTimeRecoverySpecification: wanted } = input;
  new RequestChecks()
    .tableName(TableName)
    .required("pointInTimeRecoverySpecification", wanted)
    .required(
      "pointInTimeRecoverySpecification.pointInTimeRecoveryEnabled",
      wanted ? wanted.PointInTimeRecoveryEnabled : false,
    )
    .range("pointInTimeRecoverySpecification.recoveryPeriodInDays", wanted?.RecoveryPeriodInDays, 1, LONGEST_DAYS)
    .done();
  const table = requireTable(engine, TableName, context);
  const known = table.pointInTimeRecovery;
  const updated: Table = {
    ...table,
    pointInTimeRecovery: wanted.PointInTimeRecoveryEnabled
      ? {
          enabledMs: known?.enabledMs ?? engine.cloud.clock.now(),
          periodDays: wanted.RecoveryPeriodInDays ?? known?.periodDays ?? LONGEST_DAYS,
        }
      : undefined,
  };
  engine.tables.save(updated);
  return { ContinuousBackupsDescription: describe(engine, updated) };
}

/** Whether a table has point-in-time recovery, and from when on it can be restored. */
export function describeContinuousBackups(
  engine: Engine,
  input: Input<"dynamodb", "DescribeContinuousBackups">,
  context: RequestContext,
): Output<"dynamodb", "DescribeContinuousBackups"> {
  new RequestChecks().tableName(input.TableName).done();
  return { ContinuousBackupsDescription: describe(engine, requireTable(engine, input.TableName, context)) };
}

function describe(engine: Engine, { pointInTimeRecovery: recovery }: Table): Checked<ContinuousBackupsDescription> {
  if (!recovery)
    return {
      ContinuousBackupsStatus: "ENABLED",
      PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: "DISABLED" },
    };
  const nowMs = engine.cloud.clock.now();
  return {
    ContinuousBackupsStatus: "ENABLED",
    PointInTimeRecoveryDescription: {
      PointInTimeRecoveryStatus: "ENABLED",
      RecoveryPeriodInDays: recovery.periodDays,
      EarliestRestorableDateTime: new Date(Math.max(recovery.enabledMs, nowMs - recovery.periodDays * DAY_MS)),
      LatestRestorableDateTime: new Date(nowMs),
    },
  };
}

/** These two operations have an error of their own for a table that is not there. */
function requireTable(engine: Engine, name: string, context: RequestContext): Table {
  const table = engine.tables.find(context, name);
  if (table) return table;
  throw new AwsError("TableNotFoundException", `Table not found: ${name}`);
}

import type { Input } from "../../../kit/operation-types.ts";
import type { Checked } from "../../../kit/checked.ts";
import type { ProvisionedThroughput } from "@aws-sdk/client-dynamodb";
import { AwsError } from "../../../aws-error.ts";
import { invalidParameter, validationError } from "../errors.ts";
import type { GlobalIndex, Table, Throughput } from "./table.ts";

/** The table with the billing mode and the throughputs that the request asks for. */
export function updateThroughput(table: Table, input: Input<"dynamodb", "UpdateTable">, nowMs: number): Table {
  const toOnDemand = input.BillingMode === "PAY_PER_REQUEST" && table.billingMode !== "PAY_PER_REQUEST";
  if (toOnDemand) return switchToOnDemand(table, nowMs);
  const billingMode = input.BillingMode ?? table.billingMode;
  if (billingMode === "PAY_PER_REQUEST" && input.ProvisionedThroughput)
    throw invalidParameter(
      "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST",
    );
  const toProvisioned = billingMode === "PROVISIONED" && table.billingMode !== "PROVISIONED";
  const wanted = indexThroughputs(input);
  checkIndexes(table, wanted, toProvisioned);
  return {
    ...table,
    billingMode,
    throughput: input.ProvisionedThroughput
      ? changeThroughput(table.throughput, input.ProvisionedThroughput, nowMs)
      : table.throughput,
    globalIndexes: table.globalIndexes.map((index) => changeIndex(index, wanted.get(index.name), nowMs)),
  };
}

function switchToOnDemand(table: Table, nowMs: number): Table {
  const none: Throughput = { readUnits: 0, writeUnits: 0, decreasesToday: 0 };
  const globalIndexes = table.globalIndexes.map((index) => Object.assign({}, index, { throughput: none }));
  return { ...table, billingMode: "PAY_PER_REQUEST", onDemandSinceMs: nowMs, throughput: none, globalIndexes };
}

function indexThroughputs(input: Input<"dynamodb", "UpdateTable">): Map<string, Checked<ProvisionedThroughput>> {
  const updates = input.GlobalSecondaryIndexUpdates ?? [];
  return new Map(
    updates.flatMap(({ Update }) =>
      Update?.ProvisionedThroughput ? [[Update.IndexName, Update.ProvisionedThroughput]] : [],
    ),
  );
}

function checkIndexes(table: Table, wanted: ReadonlyMap<string, unknown>, toProvisioned: boolean): void {
  const names = table.globalIndexes.map(({ name }) => name);
  if ([...wanted.keys()].some((name) => !names.includes(name)))
    throw new AwsError("ResourceNotFoundException", "Requested resource not found");
  const missing = names.filter((name) => !wanted.has(name));
  if (toProvisioned && missing.length > 0)
    throw invalidParameter(`ProvisionedThroughput must be specified for index: ${missing.join(",")}`);
}

function changeIndex(
  index: GlobalIndex,
  wanted: Checked<ProvisionedThroughput> | undefined,
  nowMs: number,
): GlobalIndex {
  return wanted ? { ...index, throughput: changeThroughput(index.throughput, wanted, nowMs) } : index;
}

function changeThroughput(current: Throughput, wanted: Checked<ProvisionedThroughput>, nowMs: number): Throughput {
  const readUnits = wanted.ReadCapacityUnits;
  const writeUnits = wanted.WriteCapacityUnits;
  const more = readUnits > current.readUnits || writeUnits > current.writeUnits;
  const less = readUnits < current.readUnits || writeUnits < current.writeUnits;
  if (!more && !less)
    throw validationError(
      "The provisioned throughput for the table will not change. The requested value equals the current value. " +
        `Current ReadCapacityUnits provisioned for the table: ${current.readUnits}. ` +
        `Requested ReadCapacityUnits: ${readUnits}. ` +
        `Current WriteCapacityUnits provisioned for the table: ${current.writeUnits}. ` +
        `Requested WriteCapacityUnits: ${writeUnits}. ` +
        "Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits.",
    );
  return {
    readUnits,
    writeUnits,
    decreasesToday: current.decreasesToday + (less ? 1 : 0),
    increasedMs: more ? nowMs : current.increasedMs,
    decreasedMs: less ? nowMs : current.decreasedMs,
  };
}

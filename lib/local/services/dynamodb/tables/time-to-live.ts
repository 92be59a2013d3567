import type {
  DescribeTimeToLiveInput,
  DescribeTimeToLiveOutput,
  UpdateTimeToLiveInput,
  UpdateTimeToLiveOutput,
} from "@aws-sdk/client-dynamodb";
import type { RequestContext } from "../../../service.ts";
import type { Engine } from "../context.ts";
import { RequestChecks } from "../request-checks.ts";
import { validationError } from "../errors.ts";
import type { Table } from "./table.ts";

export function updateTimeToLive(
  engine: Engine,
  input: UpdateTimeToLiveInput,
  context: RequestContext,
): UpdateTimeToLiveOutput {
  const { TableName, TimeToLiveSpecification: wanted } = input;
  new RequestChecks()
    .tableName(TableName)
    .required("timeToLiveSpecification", wanted)
    .required("timeToLiveSpecification.enabled", wanted ? wanted.Enabled : false)
    .required("timeToLiveSpecification.attributeName", wanted ? wanted.AttributeName : "")
    .length("timeToLiveSpecification.attributeName", wanted?.AttributeName, 1, 255)
    .done();
  const table = engine.tables.require(context, TableName!);
  checkChange(table, wanted!.Enabled!, wanted!.AttributeName!);
  const updated: Table = {
    ...table,
    timeToLive: wanted!.Enabled ? { attribute: wanted!.AttributeName! } : undefined,
  };
  engine.cloud.store.transaction(() => {
    engine.rows.noteExpiry(updated);
    engine.tables.save(updated);
  });
  return { TimeToLiveSpecification: wanted };
}

export function describeTimeToLive(
  engine: Engine,
  input: DescribeTimeToLiveInput,
  context: RequestContext,
): DescribeTimeToLiveOutput {
  new RequestChecks().tableName(input.TableName).done();
  const { timeToLive } = engine.tables.require(context, input.TableName!);
  return {
    TimeToLiveDescription: timeToLive
      ? { TimeToLiveStatus: "ENABLED", AttributeName: timeToLive.attribute }
      : { TimeToLiveStatus: "DISABLED" },
  };
}

function checkChange({ timeToLive }: Table, enable: boolean, attribute: string): void {
  if (enable && timeToLive)
    throw validationError(
      timeToLive.attribute === attribute
        ? "TimeToLive is already enabled"
        : `TimeToLive is active on a different AttributeName: current AttributeName is ${timeToLive.attribute}`,
    );
  if (!enable && !timeToLive) throw validationError("TimeToLive is already disabled");
}

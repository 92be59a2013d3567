import type { Output, Input } from "../../../kit/operation-types.ts";
import type { RequestContext } from "../../../service.ts";
import type { Engine } from "../context.ts";
import { RequestChecks } from "../request-checks.ts";
import { validationError } from "../errors.ts";
import type { Table } from "./table.ts";

/** Switches a table's time to live on or off, and names the attribute that has the epoch seconds. */
export function updateTimeToLive(
  engine: Engine,
  input: Input<"dynamodb", "UpdateTimeToLive">,
  context: RequestContext,
): Output<"dynamodb", "UpdateTimeToLive"> {
  const { TableName, TimeToLiveSpecification: wanted } = input;
  new RequestChecks()
    .tableName(TableName)
    .required("timeToLiveSpecification", wanted)
    .required("timeToLiveSpecification.enabled", wanted ? wanted.Enabled : false)
    .required("timeToLiveSpecification.attributeName", wanted ? wanted.AttributeName : "")
    .length("timeToLiveSpecification.attributeName", wanted?.AttributeName, 1, 255)
    .done();
  const table = engine.tables.require(context, TableName);
  checkChange(table, wanted.Enabled, wanted.AttributeName);
  const updated: Table = {
    ...table,
    timeToLive: wanted.Enabled ? { attribute: wanted.AttributeName } : undefined,
  };
  engine.cloud.store.transaction(() => {
    engine.rows.noteExpiry(updated);
    engine.tables.save(updated);
  });
  return { TimeToLiveSpecification: wanted };
}

/** Whether a table's items expire, and by which attribute (epoch seconds). */
export function describeTimeToLive(
  engine: Engine,
  input: Input<"dynamodb", "DescribeTimeToLive">,
  context: RequestContext,
): Output<"dynamodb", "DescribeTimeToLive"> {
  new RequestChecks().tableName(input.TableName).done();
  const { timeToLive } = engine.tables.require(context, input.TableName);
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

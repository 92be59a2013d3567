import type { Nothing } from "../../kit/operation-types.ts";
import { AwsError } from "../../aws-error.ts";
import type { MapRunCounts, MapRunRecord } from "./records.ts";
import { broken, checkArn, executionMissing, page, resourceMissing } from "./errors.ts";
import type { Input, Output, Sfn } from "./context.ts";

/** Returns a Map Run with the counts of its items and child executions. */
export function describeMapRun(sfn: Sfn, input: Input<"DescribeMapRun">): Output<"DescribeMapRun"> {
  const record = findMapRun(sfn, input.mapRunArn);
  return {
    mapRunArn: record.arn,
    executionArn: record.executionArn,
    status: record.status,
    startDate: new Date(record.startedMs),
    ...(record.stoppedMs !== undefined && { stopDate: new Date(record.stoppedMs) }),
    maxConcurrency: record.maxConcurrency,
    toleratedFailurePercentage: record.toleratedFailurePercentage,
    toleratedFailureCount: record.toleratedFailureCount,
    itemCounts: countsOf(record.items, record.totalItems, record.resultsWritten),
    executionCounts: countsOf(record.executions, record.totalExecutions, record.resultsWritten),
    redriveCount: 0,
  };
}

function countsOf(counts: MapRunCounts, total: number, resultsWritten: number) {
  const begun = Object.values(counts).reduce((sum, count) => sum + count, 0);
  return { ...counts, pending: Math.max(0, total - begun), total, resultsWritten };
}

/** Lists the Map Runs of an execution, a page at a time. */
export function listMapRuns(sfn: Sfn, input: Input<"ListMapRuns">): Output<"ListMapRuns"> {
  const executionArn = checkArn(input.executionArn);
  if (sfn.executions.get(executionArn) === undefined) throw executionMissing(executionArn);
  const { items, nextToken } = page(sfn.mapRuns.ofExecution(executionArn), input.maxResults, input.nextToken);
  return {
    mapRuns: items.map((record) => ({
      executionArn: record.executionArn,
      mapRunArn: record.arn,
      stateMachineArn: record.machineArn,
      startDate: new Date(record.startedMs),
      ...(record.stoppedMs !== undefined && { stopDate: new Date(record.stoppedMs) }),
    })),
    nextToken,
  };
}

/** Changes how many children run at once, and how many may fail, during the run. */
export function updateMapRun(sfn: Sfn, input: Input<"UpdateMapRun">): Nothing {
  const record = findMapRun(sfn, input.mapRunArn);
  const { maxConcurrency, toleratedFailureCount, toleratedFailurePercentage } = input;
  if (maxConcurrency !== undefined && maxConcurrency < 0) {
    throw broken(maxConcurrency, "maxConcurrency", "Member must have value greater than or equal to 0");
  }
  if (record.status !== "RUNNING") {
    throw new AwsError("ValidationException", `Map Run is not running: '${record.arn}'`);
  }
  sfn.mapRuns.change({
    ...record,
    ...(maxConcurrency !== undefined && { maxConcurrency }),
    ...(toleratedFailureCount !== undefined && { toleratedFailureCount }),
    ...(toleratedFailurePercentage !== undefined && { toleratedFailurePercentage }),
  });
  return {};
}

function findMapRun(sfn: Sfn, arn: string | undefined): MapRunRecord {
  const record = sfn.mapRuns.get(checkArn(arn));
  if (record === undefined) throw resourceMissing(String(arn));
  return record;
}

import { GetAccountSettingsCommand } from "@aws-sdk/client-lambda";
import type { Target } from "../../deploy/target.ts";
import type { Finding } from "./finding.ts";

const GIGABYTE = 1024 ** 3;
/** A share of a quota that is worth a warning. */
const WARN_AT = 0.8;
/** New accounts start with 10 concurrent executions, and ask for more. */
const FEW_EXECUTIONS = 100;

/** How much of Lambda's quotas of the region is used: code storage, which old versions fill, and concurrency. */
export async function quotaFindings({ aws, region }: Pick<Target, "aws" | "region">): Promise<Finding[]> {
  const lambda = await aws.client("lambda");
  const { AccountLimit = {}, AccountUsage = {} } = await lambda.send(new GetAccountSettingsCommand({}));
  const { TotalCodeSize = 0, ConcurrentExecutions = 0 } = AccountLimit;
  const used = AccountUsage.TotalCodeSize ?? 0;
  const share = TotalCodeSize === 0 ? 0 : used / TotalCodeSize;
  const storage = `${(used / GIGABYTE).toFixed(1)} of ${(TotalCodeSize / GIGABYTE).toFixed(0)} GB of Lambda's code storage in ${region} is used`;
  const isFew = ConcurrentExecutions < FEW_EXECUTIONS;
  const concurrency = `${ConcurrentExecutions} functions may run at the same time in ${region}`;
  return [
    share < WARN_AT
      ? { check: "quotas", state: "ok", text: storage }
      : { check: "quotas", state: "warning", text: storage, fix: "tidegate prune" },
    isFew
      ? { check: "quotas", state: "warning", text: concurrency, fix: QUOTA_REQUEST }
      : { check: "quotas", state: "ok", text: concurrency },
  ];
}

/** The code of the quota "Concurrent executions". */
const QUOTA_REQUEST =
  "aws service-quotas request-service-quota-increase --service-code lambda --quota-code L-B99A9384 --desired-value 1000";

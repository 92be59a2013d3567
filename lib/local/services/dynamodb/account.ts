import type { Output } from "../../kit/operation-types.ts";
import type { Engine } from "./context.ts";

/** The quotas of a new account: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html */
export function describeLimits(): Output<"dynamodb", "DescribeLimits"> {
  return {
    AccountMaxReadCapacityUnits: 80_000,
    AccountMaxWriteCapacityUnits: 80_000,
    TableMaxReadCapacityUnits: 40_000,
    TableMaxWriteCapacityUnits: 40_000,
  };
}

/** The cloud itself is the endpoint. */
export function describeEndpoints({ cloud }: Engine): Output<"dynamodb", "DescribeEndpoints"> {
  return { Endpoints: [{ Address: new URL(cloud.endpoint).host, CachePeriodInMinutes: 1440 }] };
}

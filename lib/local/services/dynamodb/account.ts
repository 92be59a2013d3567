import type { DescribeEndpointsResponse, DescribeLimitsOutput } from "@aws-sdk/client-dynamodb";
import type { Engine } from "./context.ts";

/** The quotas of a new account: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html */
export function describeLimits(): DescribeLimitsOutput {
  return {
    AccountMaxReadCapacityUnits: 80_000,
    AccountMaxWriteCapacityUnits: 80_000,
    TableMaxReadCapacityUnits: 40_000,
    TableMaxWriteCapacityUnits: 40_000,
  };
}

/** The cloud itself is the endpoint. */
export function describeEndpoints({ cloud }: Engine): DescribeEndpointsResponse {
  return { Endpoints: [{ Address: new URL(cloud.endpoint).host, CachePeriodInMinutes: 1440 }] };
}

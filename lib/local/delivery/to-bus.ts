import type { PutEventsRequestEntry } from "@aws-sdk/client-eventbridge";
import { AwsError } from "../aws-error.ts";
import { readArn } from "../kit/arn.ts";
import type { Cloud } from "../service.ts";
import type { TargetCall } from "./target-call.ts";

/** What an event bus receives, without the bus. */
export type BusMessage = Omit<PutEventsRequestEntry, "EventBusName">;

/** Puts an event on a bus. */
export function toBus(cloud: Cloud, arn: string, event: BusMessage): TargetCall {
  const input = { Entries: [{ ...event, EventBusName: arn }] };
  return {
    arn,
    service: "eventbridge",
    operation: "PutEvents",
    input,
    permission: { action: "events:PutEvents", resource: arn },
    async send(context) {
      const { Entries = [] } = await cloud.call("eventbridge", "PutEvents", input, {
        region: readArn(arn).region,
        ...context,
      });
      // A refused event is not a refused call.
      for (const { ErrorCode, ErrorMessage = "" } of Entries)
        if (ErrorCode !== undefined) throw new AwsError(ErrorCode, ErrorMessage);
    },
  };
}

/** The ARN of a region's default bus. */
export function defaultBusArn({ partition, account }: Cloud, region: string): string {
  return `arn:${partition}:events:${region}:${account}:event-bus/default`;
}

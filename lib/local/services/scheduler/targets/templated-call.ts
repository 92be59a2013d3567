import type { Authority } from "../../../delivery/authority.ts";
import { callOf, deliver, type Contents } from "../../../delivery/deliver.ts";
import type { Cloud } from "../../../service.ts";
import type { Attempt, InvocationCall } from "./target-call.ts";

/** The call of a templated target; undefined where its ARN is not one of a target. */
export function templatedCall(cloud: Cloud, attempt: Attempt, authority: Authority): InvocationCall | undefined {
  const call = callOf(cloud, attempt.target.Arn ?? "", contentsOf(attempt));
  if (call === undefined) return undefined;
  const api = `${call.operation.charAt(0).toLowerCase()}${call.operation.slice(1)}`;
  return {
    service: call.service,
    arn: `arn:aws:scheduler:::aws-sdk:${call.service}:${api}`,
    request: JSON.stringify(call.input, (_name, value: unknown) => shown(value)),
    make: () => deliver(call, authority),
  };
}

/** https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-templated.html */
function contentsOf({ target, id, notification, input = notification }: Attempt): Contents {
  return {
    function: () => ({ payload: input }),
    queue: () => ({ body: input, groupId: target.SqsParameters?.MessageGroupId }),
    topic: () => ({ message: input }),
    workflow: () => ({ input, name: id }),
    bus: () => ({ ...target.EventBridgeParameters, Detail: input }),
    stream: () => ({ data: input, partitionKey: target.KinesisParameters?.PartitionKey }),
  };
}

/** With a capital letter, and bytes as text. */
function shown(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  if ("type" in value && value.type === "Buffer" && "data" in value && Array.isArray(value.data))
    return Buffer.from(value.data).toString();
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key.charAt(0).toUpperCase() + key.slice(1), each]),
  );
}

import type { CallContext, ServiceName } from "../service.ts";

/** The call of a service that a delivery comes to. */
export interface TargetCall {
  /** The target's ARN. */
  readonly arn: string;
  readonly service: ServiceName;
  /** For example `SendMessage`. */
  readonly operation: string;
  /** As the SDK types it. */
  readonly input: object;
  /** What the call needs to be allowed, for example `sqs:SendMessage` on the queue's ARN. */
  readonly permission: { readonly action: string; readonly resource: string };
  /** Makes the call. Throws the service's refusal. */
  send(context?: Pick<CallContext, "as">): Promise<unknown>;
}

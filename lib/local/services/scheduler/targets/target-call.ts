import type { Checked } from "../../../kit/checked.ts";
import type { Target } from "@aws-sdk/client-scheduler";
import type { ServiceName } from "../../../service.ts";

/** What an invocation comes to: a call of a service. */
export interface InvocationCall {
  readonly service: ServiceName;
  /** As dead letters name it: `arn:aws:scheduler:::aws-sdk:sqs:sendMessage`. */
  readonly arn: string;
  /** The request, as dead letters show it. */
  readonly request: string;
  /** Makes the call where the role may. Throws `DeliveryFailure` or the target's own refusal. */
  make(): Promise<void>;
}

/** An attempt at a target. */
export interface Attempt {
  /** The invocation's; the same for every attempt. */
  readonly id: string;
  readonly target: Checked<Target>;
  readonly region: string;
  /** With everything in its place; undefined where the target gives none. */
  readonly input: string | undefined;
  /** What a target gets that gives no input. */
  readonly notification: string;
}

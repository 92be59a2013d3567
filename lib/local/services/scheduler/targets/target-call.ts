import type { Target } from "@aws-sdk/client-scheduler";
import type { ServiceName } from "../../../service.ts";
import type { Permission } from "../execution-role.ts";

/** What a target comes to: a call of a service. */
export interface TargetCall {
  readonly service: ServiceName;
  readonly operation: string;
  /** As the SDK types it. */
  readonly input: object;
  /** What the role needs for it, where that can be told. */
  readonly permission?: Permission;
  /** As dead letters name it: `arn:aws:scheduler:::aws-sdk:sqs:sendMessage`. */
  readonly arn: string;
  /** The request, as dead letters show it. */
  readonly request: string;
}

/** An attempt at a target. */
export interface Attempt {
  /** The invocation's; the same for every attempt. */
  readonly id: string;
  readonly target: Target;
  readonly region: string;
  readonly account: string;
  /** The cloud's address. */
  readonly endpoint: string;
  /** With everything in its place; undefined where the target gives none. */
  readonly input: string | undefined;
  /** What a target gets that gives no input. */
  readonly notification: string;
}

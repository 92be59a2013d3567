import type { Target } from "../../deploy/target.ts";
import type { StackState } from "../../deploy/stack-state.ts";

/** A resource of an app as it is deployed. */
export interface AppResource {
  /** The construct's path, for example `Todo/Orders`, without the last part that the CDK adds. */
  readonly path: string;
  readonly logicalId: string;
  /** For example `AWS::SQS::Queue`. */
  readonly type: string;
  readonly physicalId: string;
  /** The place of its stack: the stack may have a region of its own. */
  readonly target: Target;
}

/** A stack of an app as it is deployed. Resources of nested stacks are among its own. */
export interface AppStack {
  readonly stackName: string;
  /** The construct's path. */
  readonly path: string;
  readonly target: Target;
  readonly state: StackState;
  readonly resources: readonly AppResource[];
}

/** A function of an app. */
export interface AppFunction {
  /** The path of the construct that the user wrote, for example `Todo/Create`. */
  readonly path: string;
  readonly functionName: string;
  /** The alias that serves the function, for example `live`. Absent where it has none. */
  readonly alias?: string;
  readonly target: Target;
}

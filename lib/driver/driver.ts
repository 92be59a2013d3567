import type { DriverAnswer, DriverOrder } from "../assembly/driver-order.ts";
import { Aws } from "../aws/aws.ts";
import { createAwsPorts, takeTurn } from "../release/engine.ts";
import { AccountStacks } from "./account-stacks.ts";

/** The part of Lambda's invocation context that the driver reads. */
interface InvocationContext {
  /** `arn:aws:lambda:region:account:function:name`. */
  readonly invokedFunctionArn: string;
  getRemainingTimeInMillis(): number;
}

/** A turn ends early enough for its last look to be written down. */
const RESERVE_MS = 60_000;

/**
 * The function of the driver in the account: one turn at a release. It runs the very tick that the terminal's driver
 * runs, as far as that goes without waiting; the state machine around it does the waiting.
 */
export async function handler(order: DriverOrder, context: InvocationContext): Promise<DriverAnswer> {
  const [, partition = "aws", , region = "", account = ""] = context.invokedFunctionArn.split(":");
  const aws = new Aws({ region });
  const { app, stage, bucket, release, holder } = order;
  const target = { stage, account, region, partition, callerArn: context.invokedFunctionArn, aws };
  const ports = createAwsPorts(aws, { bucket, account, app, stage, stacks: new AccountStacks(target, order.stacks) });
  const signal = AbortSignal.timeout(Math.max(1_000, context.getRemainingTimeInMillis() - RESERVE_MS));
  const options = { app, stage, release, holder, actor: "the driver in the account", signal };
  const turn = await takeTurn(ports, options).finally(() => aws.close());
  return {
    ...order,
    turns: order.turns + 1,
    done: turn.done,
    waitSeconds: Math.ceil(turn.waitMs / 1000),
    ...(turn.state !== undefined && { state: turn.state }),
  };
}

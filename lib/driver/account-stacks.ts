import type { DriverStack } from "../assembly/driver-order.ts";
import { finaliseFailure, finaliseStack } from "../deploy/finalise-stacks.ts";
import { pinsByParameter } from "../deploy/read-pins.ts";
import { readStackState } from "../deploy/stack-state.ts";
import type { Target } from "../deploy/target.ts";
import { SILENT_HOST } from "../io/message.ts";
import type { FinaliseOutcome, FinaliseRequest, StackPort, StageOutcome } from "../release/engine.ts";

/** The stacks of an app as the driver in the account sees them: their pins and their states, not their sources. */
export class AccountStacks implements StackPort {
  readonly #target: Target;
  readonly #stacks: readonly DriverStack[];

  constructor(target: Target, stacks: readonly DriverStack[]) {
    this.#target = target;
    this.#stacks = stacks;
  }

  stage(): Promise<StageOutcome> {
    return Promise.resolve({ kind: "failed", reason: "the account has no sources to stage from: run `deploy`" });
  }

  async finalise(request: FinaliseRequest): Promise<FinaliseOutcome> {
    try {
      // A stack that imports from another one must remove the import first.
      const removed: string[] = [];
      for (const { stackName, members, region } of this.#stacks.toReversed()) {
        const job = { stack: { stackName, origins: new Map() }, target: this.#in({ region }), members };
        removed.push(...(await finaliseStack(job, request.live, request.fence, { host: SILENT_HOST, ...request })));
      }
      return { kind: "finalised", removed };
    } catch (error) {
      return finaliseFailure(error);
    }
  }

  async pins(): Promise<ReadonlyMap<string, string>> {
    const found = await Promise.all(
      this.#stacks.map(async (stack) => {
        const client = await this.#in(stack).aws.client("cloudformation");
        const state = await readStackState(client, stack.stackName);
        return state === undefined ? [] : [...pinsByParameter(stack.members, state)];
      }),
    );
    return new Map(found.flat());
  }

  async statuses(): Promise<ReadonlyMap<string, string>> {
    const found = await Promise.all(
      this.#stacks.map(async (stack) => {
        const client = await this.#in(stack).aws.client("cloudformation");
        const state = await readStackState(client, stack.stackName);
        return [stack.stackName, state?.status ?? "DELETE_COMPLETE"] as const;
      }),
    );
    return new Map(found);
  }

  #in({ region }: Pick<DriverStack, "region">): Target {
    return { ...this.#target, region, aws: this.#target.aws.inRegion(region) };
  }
}

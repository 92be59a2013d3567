import type { DriverStack } from "../assembly/driver-order.ts";
import { finaliseStack } from "../deploy/finalise-stacks.ts";
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

  async finalise({ live, fence, signal }: FinaliseRequest): Promise<FinaliseOutcome> {
    try {
      await Promise.all(
        this.#stacks.map((stack) => {
          const job = {
            stack: { stackName: stack.stackName, origins: new Map() },
            target: this.#in(stack),
            members: stack.members,
          };
          return finaliseStack(job, live, fence, { host: SILENT_HOST, signal });
        }),
      );
      return { kind: "finalised" };
    } catch (error) {
      return { kind: "failed", reason: error instanceof Error ? error.message : String(error) };
    }
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

  #in({ region }: DriverStack): Target {
    return { ...this.#target, region, aws: this.#target.aws.inRegion(region) };
  }
}

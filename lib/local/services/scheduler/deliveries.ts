import { Outbox, type Outcome } from "../../state/outbox.ts";
import { buryDeadLetter } from "./dead-letter.ts";
import { type InvocationFailure, toInvocationFailure } from "./invocation-failure.ts";
import { buildCall, makeCall } from "./invoke-target.ts";
import type { Invocation } from "./records.ts";
import { keyOfSchedule, type Scheduler } from "./context.ts";
import type { TargetCall } from "./targets/target-call.ts";

const FIRST_BACKOFF_MS = 1000;
/** With it, 185 attempts take AWS's twenty-four hours. */
const LONGEST_BACKOFF_MS = 8 * 60_000;

/** Carries out what is due, in the store until each invocation is through, buried or given up. */
export class Deliveries {
  readonly #scheduler: Scheduler;
  readonly #outbox: Outbox<Invocation>;

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
    this.#outbox = new Outbox<Invocation>(scheduler.cloud, {
      collection: "scheduler.outbox",
      laneOf: ({ target }) => ({ name: target.Arn ?? "" }),
      attempt: (invocation, attempts) => this.#attempt(invocation, attempts),
      log: (line) => scheduler.cloud.log(line),
    });
  }

  /** Call it in the transaction that moves the schedule on. */
  add(invocation: Invocation): void {
    this.#outbox.add(invocation);
  }

  start(): void {
    this.#outbox.start();
  }

  stop(): void {
    this.#outbox.stop();
  }

  async #attempt(invocation: Invocation, attempts: number): Promise<Outcome> {
    this.#scheduler.metrics.add(invocation, "InvocationAttemptCount");
    let call: TargetCall | undefined;
    try {
      call = await buildCall(this.#scheduler, invocation, attempts);
      await makeCall(this.#scheduler, invocation, call);
    } catch (error) {
      const failure = await toInvocationFailure(error, call?.service);
      const again = this.#tryAgain(invocation, attempts, failure);
      if (again !== undefined) return again;
      await this.#giveUp(invocation, attempts, call, failure);
    }
    this.#complete(invocation);
    return undefined;
  }

  #tryAgain(invocation: Invocation, attempts: number, { isRetryable, isThrottled }: InvocationFailure): Outcome {
    this.#scheduler.metrics.add(invocation, isThrottled ? "TargetErrorThrottledCount" : "TargetErrorCount");
    const { age, most } = limitsOf(invocation);
    const leftMs = invocation.firedMs + age * 1000 - this.#scheduler.cloud.clock.now();
    if (!isRetryable || attempts >= most || leftMs <= 0) return undefined;
    return { retryAfterMs: Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** attempts, leftMs) };
  }

  async #giveUp(
    invocation: Invocation,
    attempts: number,
    call: TargetCall | undefined,
    failure: InvocationFailure,
  ): Promise<void> {
    const isSpent = attempts >= limitsOf(invocation).most;
    const condition = isSpent ? "MaximumRetryAttempts" : "MaximumEventAgeInSeconds";
    this.#scheduler.metrics.add(invocation, "InvocationDroppedCount");
    await buryDeadLetter(this.#scheduler, invocation, {
      call: call ?? { arn: invocation.target.Arn!, request: invocation.target.Input ?? "{}" },
      failure,
      retries: attempts,
      condition: failure.isRetryable ? condition : undefined,
    });
  }

  /** A schedule that has come to its end goes, unless somebody has given it something else to do. */
  #complete({ region, group, schedule: name, deletesAsOfMs }: Invocation): void {
    if (deletesAsOfMs === undefined) return;
    const schedule = this.#scheduler.schedules.get(keyOfSchedule({ region, group, name }));
    if (schedule?.modifiedMs === deletesAsOfMs) this.#scheduler.clock.remove(schedule);
  }
}

/** For how many seconds, and how often, an invocation is tried again. */
function limitsOf({ target }: Invocation): { readonly age: number; readonly most: number } {
  const { MaximumEventAgeInSeconds: age = 86_400, MaximumRetryAttempts: most = 185 } = target.RetryPolicy ?? {};
  return { age, most };
}

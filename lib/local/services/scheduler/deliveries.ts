import { openDeliveries } from "../../delivery/open-deliveries.ts";
import { limitsOf, planRetry } from "../../delivery/retry.ts";
import type { Cloud } from "../../service.ts";
import type { Outbox } from "../../state/outbox.ts";
import { buryDeadLetter } from "./dead-letter.ts";
import { toInvocationFailure } from "./invocation-failure.ts";
import { buildCall } from "./invoke-target.ts";
import type { Invocation } from "./records.ts";
import { keyOfSchedule, type Scheduler } from "./context.ts";

/** Opens what keeps due invocations until each is carried out. Add to it in the transaction that moves the schedule on. */
export function openInvocations(cloud: Cloud, scheduler: () => Scheduler): Outbox<Invocation> {
  return openDeliveries<Invocation>(cloud, {
    collection: "scheduler.outbox",
    laneOf: ({ target }) => ({ name: target.Arn ?? "" }),
    async send(invocation, attempts) {
      scheduler().metrics.add(invocation, "InvocationAttemptCount");
      const call = await buildCall(scheduler(), invocation, attempts);
      await call.make().catch(async (error: unknown) => {
        throw await toInvocationFailure(error, call.service);
      });
      complete(scheduler(), invocation);
    },
    retry(invocation, failure, attempts) {
      const isThrottled = failure.kind === "throttled";
      scheduler().metrics.add(invocation, isThrottled ? "TargetErrorThrottledCount" : "TargetErrorCount");
      const ageMs = cloud.clock.now() - invocation.firedMs;
      return planRetry(failure, attempts, limitsOf(invocation.target.RetryPolicy), ageMs);
    },
    async giveUp(invocation, failure, attempts, condition) {
      scheduler().metrics.add(invocation, "InvocationDroppedCount");
      const { Arn: arn, Input: request = "{}" } = invocation.target;
      const call = await buildCall(scheduler(), invocation, attempts).catch(() => ({ arn, request }));
      await buryDeadLetter(scheduler(), invocation, { call, failure, retries: attempts, condition });
      complete(scheduler(), invocation);
    },
  });
}

/** A schedule that has come to its end goes, unless it was changed meanwhile. */
function complete(scheduler: Scheduler, { region, group, schedule: name, deletesAsOfMs }: Invocation): void {
  if (deletesAsOfMs === undefined) return;
  const schedule = scheduler.schedules.get(keyOfSchedule({ region, group, name }));
  if (schedule?.modifiedMs === deletesAsOfMs) scheduler.clock.remove(schedule);
}

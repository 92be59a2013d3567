import type { Cancel } from "../../state/clock.ts";
import type { Cloud } from "../../service.ts";
import type { LogStore } from "./log-store.ts";
import { expiryOf } from "./context.ts";

const SWEEP_EVERY_MS = 3_600_000;

/** Drops expired events every hour of the cloud's time; reads leave them out before that. Returns how to end it. */
export function startRetention(cloud: Cloud, logs: LogStore): Cancel {
  let cancel: Cancel;
  const sweep = () => {
    const nowMs = cloud.clock.now();
    for (const group of logs.allGroups()) {
      const expiryMs = expiryOf(group, nowMs);
      if (expiryMs > 0) logs.expire(group, expiryMs);
    }
    cancel = cloud.clock.at(nowMs + SWEEP_EVERY_MS, sweep);
  };
  cancel = cloud.clock.at(cloud.clock.now() + SWEEP_EVERY_MS, sweep);
  return () => cancel();
}

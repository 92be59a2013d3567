import type { Checked } from "../../kit/checked.ts";
import type { MetricFilter, SubscriptionFilter } from "@aws-sdk/client-cloudwatch-logs";
import type { Collection, Store } from "../../state/store.ts";
import type { GroupRecord } from "./log-store.ts";

/** Metric and subscription filters. Keys are `<region>/<group name>:<filter name>`: no group name has a colon. */
export class FilterTables {
  readonly metric: Collection<Checked<MetricFilter>>;
  readonly subscription: Collection<SubscriptionFilter>;

  constructor(store: Store) {
    this.metric = store.collection("cloudwatch-logs.metric-filters");
    this.subscription = store.collection("cloudwatch-logs.subscription-filters");
  }

  prefix(group: Pick<GroupRecord, "region" | "name">): string {
    return `${group.region}/${group.name}:`;
  }

  deleteAll(group: GroupRecord): void {
    for (const table of [this.metric, this.subscription])
      for (const [key] of table.list(this.prefix(group))) table.delete(key);
  }
}

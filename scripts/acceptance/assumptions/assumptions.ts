import type { Assumption } from "../assumption.ts";
import { alarmPages } from "./alarm-pages.ts";
import { aliasConsistency } from "./alias-consistency.ts";
import { aliasRevision } from "./alias-revision.ts";
import { asyncVersion } from "./async-version.ts";
import { changeSetNames, notificationArns } from "./change-sets.ts";
import { executionPages } from "./execution-pages.ts";
import { metricsDelay } from "./metrics-delay.ts";
import { routingDelay } from "./routing-delay.ts";
import { versionIdentity } from "./version-identity.ts";
import { versionState } from "./version-state.ts";

/** Everything that the release engine assumes and that cannot be proven without an account. */
export const ASSUMPTIONS: readonly Assumption[] = [
  aliasRevision,
  aliasConsistency,
  routingDelay,
  versionState,
  versionIdentity,
  changeSetNames,
  notificationArns,
  metricsDelay,
  alarmPages,
  executionPages,
  asyncVersion,
];

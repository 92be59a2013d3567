import type { Verb } from "./verb.ts";
import { completionVerbOf } from "./verbs/completion.ts";
import { deployVerb } from "./verbs/deploy.ts";
import { devVerb } from "./verbs/dev.ts";
import { destroyVerb } from "./verbs/destroy.ts";
import { diffVerb } from "./verbs/diff.ts";
import { doctorVerb } from "./verbs/doctor.ts";
import { eventsVerb } from "./verbs/events.ts";
import { initVerb } from "./verbs/init.ts";
import { invokeVerb } from "./verbs/invoke.ts";
import { listVerb } from "./verbs/list.ts";
import { localVerb } from "./verbs/local.ts";
import { openVerb } from "./verbs/open.ts";
import { permissionsVerb } from "./verbs/permissions.ts";
import { logsVerb } from "./verbs/logs.ts";
import { RELEASE_VERBS } from "./verbs/release.ts";
import { synthVerb } from "./verbs/synth.ts";

/** Every verb, in the order of the help. */
export const VERBS: readonly Verb[] = [
  initVerb,
  devVerb,
  synthVerb,
  diffVerb,
  deployVerb,
  ...RELEASE_VERBS,
  listVerb,
  logsVerb,
  invokeVerb,
  eventsVerb,
  openVerb,
  doctorVerb,
  permissionsVerb,
  destroyVerb,
  localVerb,
  completionVerbOf(() => VERBS),
];

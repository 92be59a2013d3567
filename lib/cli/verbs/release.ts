import { APP_NAME_FLAG, ASSEMBLY_FLAG, PORT_FLAG, STAGE_FLAG } from "../flags.ts";
import type { Flag, Verb } from "../verb.ts";

const REASON_FLAG: Flag = { flags: "-m, --message <why>", description: "the reason, kept in the journal" };
const SUMMARIES = {
  pause: "pause the release at its current weights",
  resume: "continue a release that is paused, blocked, or whose driver died",
  promote: "skip the rest of the waiting: all traffic moves now",
  abort: "abort the release and roll back every alias",
} as const;
const COMMON = [STAGE_FLAG, ASSEMBLY_FLAG, APP_NAME_FLAG];
/** Of the verbs that change something. They start the local cloud. */
const STEERING = [...COMMON, PORT_FLAG];

/** The verbs that look at a release or steer it. None of them runs the app or needs its sources. */
export const RELEASE_VERBS: readonly Verb[] = [
  {
    name: "rollback",
    summary: "roll back every alias to its previous version",
    arguments: [{ name: "[release]", description: "id of a release in the history to roll back to" }],
    flags: [
      ...STEERING,
      REASON_FLAG,
      {
        flags: "--without <paths...>",
        description:
          "functions or workflows whose alias or stack is gone, as `status` shows them: they are left out of the rollback",
      },
    ],
    run: async (options, context) => (await import("./release-run.ts")).runRollback(options, context),
  },
  {
    name: "status",
    summary: "show what each alias serves, what is recorded, and the state of the release",
    flags: [
      ...COMMON,
      { flags: "--watch", description: "watch until the release is over or rests, and end with its exit code" },
      {
        flags: "--exit-code",
        description:
          "end with 0 where everything is settled, and with a code of its own for each other state: `docs/releases.md` lists them",
      },
    ],
    run: async (options, context) => (await import("./release-run.ts")).runStatus(options, context),
  },
  ...(["pause", "resume", "promote", "abort"] as const).map((name): Verb => ({
    name,
    summary: SUMMARIES[name],
    flags: [...STEERING, REASON_FLAG],
    run: async (options, context) => (await import("./release-run.ts")).runWish(name, options, context),
  })),
  {
    name: "prune",
    summary: "delete old versions that nothing refers to and no rollback needs",
    flags: [
      ...STEERING,
      {
        flags: "--keep <count>",
        description: "how many versions of each member to keep; the app's setting by default",
      },
      { flags: "--dry-run", description: "list the versions that would be deleted, and delete none" },
    ],
    run: async (options, context) => (await import("./release-run.ts")).runPrune(options, context),
  },
  {
    name: "history",
    summary: "list the releases, newest first",
    flags: COMMON,
    run: async (options, context) => (await import("./release-run.ts")).runHistory(options, context),
  },
  {
    name: "explain",
    summary: "explain the state of the release, with the evidence",
    arguments: [{ name: "[release]", description: "id of a release; the last one by default" }],
    flags: COMMON,
    run: async (options, context) => (await import("./release-run.ts")).runExplain(options, context),
  },
];

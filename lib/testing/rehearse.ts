import type { IConstruct } from "constructs";
import type { DeployReport } from "../deploy/deploy.ts";
import { UserError } from "../errors.ts";
import { type DeployAttempt, type Deployed, deployFailed, synthesiseAndTry } from "./deploy-to.ts";
import type { Place } from "./place.ts";
import { type LoadCount, Visitors } from "./visitors.ts";

/** How a rollout is rehearsed. */
export interface ReleaseOptions {
  /** The next version of the app: a construct in it, or a project's folder. */
  readonly with: IConstruct | string;
  /** How the new versions take over, for example `Canary10Percent5Minutes`. @default - as the app's own `Rollout` says */
  readonly policy?: string;
  /** What visitors do meanwhile: it is called again and again. @default - the app gets no calls */
  readonly load?: () => Promise<unknown>;
  /** How many visitors call at the same time. @default 4 */
  readonly callers?: number;
  /**
   * How many seconds of the cloud's time pass in a second: minutes of a canary take as many seconds at 60. Faults can be set
   * before and meanwhile. A stage on AWS has its own time. @default 60
   */
  readonly speed?: number;
  /** Values of the templates' own parameters. @default - their defaults */
  readonly parameters?: Readonly<Record<string, string>>;
}

/** What was journalled of a release. */
export interface JournalEvent {
  /** For example `StepJudged`, `AliasWritten` or `StateEntered`. */
  readonly code: string;
  readonly text: string;
  /** The cloud's time, milliseconds since the epoch. */
  readonly at: number;
}

/** How a rehearsed release ended. */
export interface Rehearsed {
  /** For example `SUCCEEDED`, `ROLLED_BACK` or `PAUSED`. */
  readonly state: NonNullable<DeployReport["release"]>["state"];
  /** Why it did not succeed. */
  readonly cause?: string;
  /** In order. */
  readonly journal: readonly JournalEvent[];
  readonly load: LoadCount;
}

/** What a rehearsal leaves: how it ended, and what is deployed then. */
export interface RehearsalOutcome extends Rehearsed {
  readonly deployed: Deployed;
  readonly dispose: () => void;
}

const CALLERS = 4;

/** Deploys the next version of an app under load. Throws a `UserError` where it fails without having been a release. */
export async function rehearse(place: Place, options: ReleaseOptions): Promise<RehearsalOutcome> {
  const { load, callers = CALLERS, policy, parameters = {} } = options;
  const visitors = load === undefined ? undefined : new Visitors(load, callers);
  let attempt: DeployAttempt;
  let count: LoadCount = { calls: 0, failures: 0 };
  try {
    attempt = await synthesiseAndTry(place, options.with, { rollout: policy, parameters });
  } finally {
    if (visitors !== undefined) count = await visitors.stop();
  }
  const { report, messages, dispose, ...deployed } = attempt;
  const { release, failure } = report;
  if (release === undefined || failure !== undefined) {
    dispose();
    throw report.unchanged ? nothingReleased() : deployFailed(report, messages);
  }
  return {
    state: release.state,
    ...(release.cause === undefined ? {} : { cause: release.cause.text }),
    journal: messages.flatMap(({ code, text, data }) => (isJournalled(data) ? [{ code, text, at: data.at }] : [])),
    load: count,
    deployed,
    dispose,
  };
}

function nothingReleased(): UserError {
  return new UserError("NothingReleased", "The next version is what is deployed already, so nothing was released", {
    fix: "Give `with` an app whose code or settings differ.",
  });
}

/** The deployer notifies of each event that it writes to the journal. */
function isJournalled(data: unknown): data is { readonly at: number } {
  return typeof data === "object" && data !== null && "seq" in data && "at" in data && typeof data.at === "number";
}

import type { StackView } from "./stack-view.ts";
import { createHash } from "node:crypto";
import { BugError, UserError } from "../errors.ts";
import type { ReleaseMetadata } from "../assembly/release-metadata.ts";
import type { ReleasePlan } from "../release/engine.ts";
import type { LiveMember } from "./live-members.ts";
import { memberComparisons } from "./member-comparisons.ts";
import { fillPlaceholders } from "./target.ts";
import { areVersionsCurrent, type ComparedMember } from "./versions/publish-differences.ts";

/** Who deploys what, for the journal. */
export interface DeployOrigin {
  readonly actor: string;
  readonly commit?: string;
  /** Resources that change besides code, for people. */
  readonly resources?: readonly string[];
}

/** Settings of a release that override the templates. */
export interface ReleaseOverrides {
  /** Another policy than the app's own. */
  readonly policy?: ReleaseMetadata["policy"];
  readonly overrideAlarms?: readonly string[];
  /** Values for the templates' own parameters. */
  readonly parameters?: Readonly<Record<string, string>>;
}

/** The one release that all stacks of an app make up. */
export function buildReleasePlan(
  views: readonly StackView[],
  origin: DeployOrigin,
  overrides: ReleaseOverrides = {},
): ReleasePlan {
  const first = views.find(({ release }) => release !== undefined)?.release;
  if (first === undefined) throw new BugError("NothingReleased", "A release was planned of stacks without members.");
  const members = views.flatMap((view) => (view.release?.members ?? []).map((member) => toMember(view, member.path)));
  return {
    app: first.app,
    stage: views[0]!.target.stage,
    origin: { ...origin, templateDigest: digestPlan(views, overrides.parameters) },
    policy: overrides.policy ?? first.policy,
    members,
    hooks: [...views.flatMap(toHooks), ...views.flatMap(toSmokeTests)],
    alarms: views.flatMap(toAlarms),
    subscribers: views.flatMap(toSubscribers),
    analysis: first.analysis,
    ...(first.watch === undefined ? {} : { watch: first.watch }),
    keepVersions: first.keepVersions,
    overrideAlarms: overrides.overrideAlarms,
  };
}

/** The app that all stacks belong to; undefined where none of them has a part in a release. */
export function appOf(stacks: readonly Pick<StackView, "release">[]): string | undefined {
  const releases = stacks.flatMap(({ release }) => (release === undefined ? [] : [release]));
  refuseSeveralApps(releases);
  return releases[0]?.app;
}

function refuseSeveralApps(releases: readonly ReleaseMetadata[]): void {
  const apps = [...new Set(releases.map(({ app }) => app))];
  if (apps.length <= 1) return;
  throw new UserError(
    "SeveralApps",
    `The stacks belong to several apps: ${apps.join(", ")}; one release moves one app`,
    {
      fix: "Name the stacks of one app, or give them the same app name in cdk.json (context.tidegate.app).",
    },
  );
}

function toMember({ release, live, target, physicalIds }: StackView, path: string): ReleasePlan["members"][number] {
  const declared = release!.members.find((member) => member.path === path)!;
  const { kind, calls, shift, outcomes, aliasName } = declared;
  const found = live.find(({ member }) => member.path === path);
  return {
    path,
    kind,
    calls,
    shift,
    ...(outcomes === undefined ? {} : { outcomes }),
    ...memberComparisons(declared, physicalIds, target),
    ...(found && { target: { kind, name: found.name, alias: aliasName, region: target.region } }),
  };
}

function toHooks({ release, physicalIds, target }: StackView): ReleasePlan["hooks"] {
  return (release?.hooks ?? []).map(({ phase, path, resource, timeoutMs }) => ({
    phase,
    path,
    timeoutMs,
    functionName: physicalIds.get(resource) ?? "",
    region: target.region,
  }));
}

/** They follow the hooks of their phase. */
function toSmokeTests({ release, target }: StackView): ReleasePlan["hooks"] {
  return (release?.members ?? []).flatMap(({ path, smokeTest }) => {
    if (smokeTest === undefined) return [];
    const { event } = smokeTest;
    const call = { phase: "preTraffic", path: `${path}/SmokeTest`, timeoutMs: SMOKE_TEST_MS } as const;
    return [{ ...call, region: target.region, smokeTest: { member: path, event } }];
  });
}

/** The longest that Lambda lets one call take. */
const SMOKE_TEST_MS = 15 * 60_000;

function toAlarms({ release, physicalIds, target }: StackView): ReleasePlan["alarms"] {
  return (release?.alarms ?? []).map(({ path, alarmName, resource = "" }) => ({
    path,
    name: alarmName ?? physicalIds.get(resource) ?? "",
    region: target.region,
  }));
}

function toSubscribers({ release, physicalIds, target }: StackView): NonNullable<ReleasePlan["subscribers"]> {
  return (release?.notifications ?? []).map(({ path, kind, arn, resource = "" }) => ({
    path,
    kind,
    name: arn === undefined ? (physicalIds.get(resource) ?? "") : fillPlaceholders(arn, target),
    region: target.region,
  }));
}

/** Names what is staged: the synthesized templates and the parameters that were given by hand. */
export function digestPlan(
  views: readonly Pick<StackView, "stack" | "synthesized">[],
  parameters: Readonly<Record<string, string>> = {},
): string {
  const hash = createHash("sha256");
  for (const { stack, synthesized } of views) hash.update(`${stack.stackName}\n${synthesized.text}\n`);
  const given = Object.entries(parameters).toSorted(([a], [b]) => (a < b ? -1 : 1));
  if (given.length > 0) hash.update(JSON.stringify(given));
  return hash.digest("hex").slice(0, 32);
}

/** The version that each alias serves most traffic with, by member path. */
export function liveVersions(views: readonly StackView[]): Map<string, string> {
  return new Map(views.flatMap(({ live }) => live.map(({ member, version }) => [member.path, version] as const)));
}

/**
 * Whether every alias serves what is deployed, and nothing else. The version's number does not matter: one that was
 * published after the template's version may be the one that holds it.
 */
export async function isReleased(views: readonly StackView[]): Promise<boolean> {
  const isWhole = views.every(({ release, live }) =>
    (release?.members ?? []).every(({ path }) => {
      const found = live.find(({ member }) => member.path === path);
      return found !== undefined && found.additional === undefined;
    }),
  );
  if (!isWhole) return false;
  const current = await Promise.all(
    views.map(({ live, target }) => areVersionsCurrent(target.aws, live.map(toCompared))),
  );
  return current.every(Boolean);
}

function toCompared({ member, name, version }: LiveMember): ComparedMember {
  return { path: member.path, target: { kind: member.kind, name }, next: version };
}

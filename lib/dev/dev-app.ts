import type { Assembly } from "../assembly/assembly.ts";
import { AppStacks } from "../deploy/app-stacks.ts";
import type { DeployReport } from "../deploy/deploy.ts";
import { findJournal } from "../deploy/journal/find-journal.ts";
import { appOf } from "../deploy/release-plan.ts";
import { connectRelease } from "../deploy/release-ports.ts";
import type { Target } from "../deploy/target.ts";
import { FunctionVersions } from "../deploy/versions/function-versions.ts";
import { UserError } from "../errors.ts";
import type { IoHost } from "../io/message.ts";
import { breakDeadLock, type DevVersion, type JournalMemory, type ReleasePorts, saveDev } from "../release/engine.ts";
import { type InspectedFunction, inspectedOf, tagInspected } from "./inspected-functions.ts";
import { type DevFunction, findDevFunctions } from "./dev-functions.ts";
import { type FunctionBuild, FunctionBuilds } from "./function-builds.ts";
import type { LiveFunction } from "./dev-messages.ts";

/** Who saves, for the journal. */
export interface DevActor {
  readonly actor: string;
  readonly holder: string;
  readonly isGone: (holder: string) => boolean;
}

/** Where a session works. */
export interface DevPlace {
  readonly target: Target;
  /** Absolute. */
  readonly projectFolder: string;
  readonly host: IoHost;
  readonly signal: AbortSignal;
  readonly who: DevActor;
  /** Chooses the functions that run under Node's inspector; the local cloud alone has it. @default - none */
  readonly inspects?: (functions: readonly DevFunction[]) => readonly DevFunction[];
}

/** An assembly and what deploying it came to. */
export interface DevDeploy {
  readonly assembly: Assembly;
  readonly report: DeployReport;
}

/** What is live and what was before it: a call that is under way may still use that. */
const VERSIONS_KEPT = 2;

/** A build that is there or still under way. */
type Building = Promise<readonly FunctionBuild[]>;

/** A deployed app whose functions are saved one by one. Valid until the next deploy. */
export class DevApp {
  readonly functions: readonly DevFunction[];
  readonly builds: FunctionBuilds;
  readonly inspected: readonly InspectedFunction[];
  readonly #name: string | undefined;
  readonly #ports: ReleasePorts | undefined;
  readonly #place: DevPlace;
  readonly #versions: FunctionVersions;
  readonly #memory: JournalMemory = {};
  /** Versions that this session published, by path, oldest first. */
  readonly #published = new Map<string, string[]>();

  private constructor(
    functions: readonly DevFunction[],
    release: { readonly name: string; readonly ports: ReleasePorts } | undefined,
    place: DevPlace,
  ) {
    this.functions = functions;
    this.inspected = inspectedOf(place.inspects?.(functions) ?? []);
    const debugged = new Set(this.inspected.map(({ fn }) => fn));
    this.builds = new FunctionBuilds(functions, place.projectFolder, (fn) => debugged.has(fn));
    this.#name = release?.name;
    this.#ports = release?.ports;
    this.#place = place;
    this.#versions = new FunctionVersions(place.target.aws);
  }

  /** Reads what was just deployed. */
  static async open({ assembly }: DevDeploy, place: DevPlace): Promise<DevApp> {
    const { target, host, signal, projectFolder } = place;
    const stacks = new AppStacks({ target, stacks: assembly.stacks, host, signal });
    const views = await stacks.read();
    const name = appOf(views);
    if (name === undefined) return new DevApp([], undefined, place);
    const { located } = await findJournal(target, name, assembly.stacks, host);
    const { ports } = connectRelease(target, name, { host, located });
    const functions = findDevFunctions(views, assembly.folder, projectFolder);
    const app = new DevApp(functions, { name, ports }, place);
    if (place.inspects !== undefined) await tagInspected(target.aws, functions, app.inspected);
    return app;
  }

  /**
   * Publishes what was built and moves the aliases. Calls `onLive` when the last one has moved, and returns what is live. Throws a `UserError` where a release is under
   * way or another deployer holds the lock.
   */
  async save(
    wanted: readonly DevFunction[],
    building: Building,
    onLive: (live: readonly LiveFunction[]) => void,
  ): Promise<readonly LiveFunction[]> {
    if (this.#ports === undefined || this.#name === undefined) return [];
    const live: LiveFunction[] = [];
    let awaited = 0;
    const { who, target } = this.#place;
    const isRemembered = this.#memory.left !== undefined;
    if (!isRemembered) await breakDeadLock(this.#ports.journal, who.isGone);
    const saved = saveDev(
      this.#ports,
      { app: this.#name, stage: target.stage, actor: who.actor, holder: who.holder },
      {
        memory: this.#memory,
        aliases: this.functions.map(({ alias }) => alias),
        paths: wanted.map(({ alias }) => alias.path),
        publish: async () => {
          const published = await this.#publish(await building);
          awaited = published.length;
          return published;
        },
        onMoved: (path, version) => {
          const fn = this.functions.find(({ alias }) => alias.path === path);
          if (fn !== undefined) live.push({ fn, version });
          this.#published.set(path, [...(this.#published.get(path) ?? []), version]);
          if (live.length === awaited) onLive(live);
        },
      },
    );
    try {
      await saved;
    } catch (error) {
      // Another deployer took the lock since the last save. It may be dead: its lock is broken then.
      if (!isRemembered || !isBusy(error)) throw error;
      return this.save(wanted, building, onLive);
    }
    return live;
  }

  /** Deletes the versions that this session published and that are two saves old. What is in use is left. */
  async prune(): Promise<void> {
    for (const { alias } of this.functions) {
      const published = this.#published.get(alias.path) ?? [];
      const doomed = published.splice(0, Math.max(0, published.length - VERSIONS_KEPT));
      for (const version of doomed) await this.#ports?.aliases.deleteVersion(alias.target, version);
    }
  }

  /** Has all functions run without an inspector again. */
  async close(): Promise<void> {
    await this.builds.dispose();
    if (this.inspected.length > 0) await tagInspected(this.#place.target.aws, this.functions, []);
  }

  async #publish(builds: readonly FunctionBuild[]): Promise<DevVersion[]> {
    const published = builds.map(async (build) => {
      if (build.kind === "failed") return [];
      const { path, target } = build.fn.alias;
      const { version, ready } = await this.#versions.publishCode(target, build.zip, this.#place.signal);
      return [{ path, version, ready }];
    });
    return (await Promise.all(published)).flat();
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof UserError && error.code === "DeployerBusy";
}

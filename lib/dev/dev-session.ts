import { join } from "node:path";
import type { Project } from "../synth/project.ts";
import { readAppInputs } from "../synth/bundle-app.ts";
import { ChangedFiles } from "./changed-files.ts";
import { DevApp, type DevDeploy, type DevPlace } from "./dev-app.ts";
import type { DevFunction } from "./dev-functions.ts";
import { buildFailedMessage, failureMessage, liveMessage, namesOfFiles } from "./dev-messages.ts";
import { isWatchedFolder, outsideFolders } from "./watched-folders.ts";
import { SourceWatcher } from "./source-watcher.ts";
import { TypeCheck } from "./type-check.ts";

/** What a session needs besides its place. */
export interface DevSessionOptions extends DevPlace {
  readonly project: Project;
  /** Synthesises and deploys the app. Throws where either fails. */
  readonly deploy: () => Promise<DevDeploy>;
  /** Called after each deploy. */
  readonly onDeployed: (deployed: DevDeploy) => void;
}

/** Files that decide over every app. */
const PROJECT_FILES = ["cdk.json", "cdk.context.json"];
const CODE = /\.[cm]?[jt]sx?$/;

/** Deploys once, then brings each saved file live until it is stopped. */
export class DevSession {
  readonly #options: DevSessionOptions;
  readonly #files = new ChangedFiles();
  readonly #watcher: SourceWatcher;
  readonly #types: TypeCheck;
  #app: DevApp | undefined;
  #appInputs: ReadonlySet<string> | undefined;
  #changed = new Set<string>();
  #sinceMs = 0;
  #isDeployWanted = true;
  #isIdleWorkWanted = false;
  /** The save under way. */
  #saving: Promise<void> = Promise.resolve();
  #wake: (() => void) | undefined;
  /** Functions whose last change is not live. */
  readonly #behind = new Map<string, DevFunction>();

  constructor(options: DevSessionOptions) {
    this.#options = options;
    const { project, host } = options;
    this.#types = new TypeCheck(project.folder, host);
    this.#watcher = new SourceWatcher({
      roots: [project.folder],
      isIgnored: (folder) => !isWatchedFolder(folder, project),
      onChange: (paths, sinceMs) => this.#onChange(paths, sinceMs),
      onTrouble: (folder, reason) =>
        host.notify({ code: "DevNotWatched", level: "warn", text: `${folder} is not watched: ${reason}` }),
    });
    options.signal.addEventListener("abort", () => this.#wake?.(), { once: true });
  }

  /** Works until the signal aborts. */
  async run(): Promise<void> {
    const { signal } = this.#options;
    try {
      while (!signal.aborted) {
        if (this.#isDeployWanted) await this.#deploy();
        else if (this.#changed.size > 0) await this.#takeChanges();
        else if (this.#isIdleWorkWanted) await this.#workIdly();
        else await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    } finally {
      this.#watcher.close();
      this.#types.close();
      await this.#app?.close();
    }
  }

  /** Synthesises and deploys as soon as the work under way has ended. */
  redeploy(): void {
    this.#isDeployWanted = true;
    this.#wake?.();
  }

  /** Resolves when no save is under way. Never rejects. */
  whenSaved(): Promise<void> {
    return this.#saving;
  }

  #onChange(paths: ReadonlySet<string>, sinceMs: number): void {
    if (this.#changed.size === 0) this.#sinceMs = sinceMs;
    for (const path of paths) this.#changed.add(path);
    this.#wake?.();
  }

  async #deploy(): Promise<void> {
    const { deploy, host, signal, project } = this.#options;
    const startedMs = performance.now();
    this.#isDeployWanted = false;
    this.#changed.clear();
    try {
      const deployed = await deploy();
      const app = await DevApp.open(deployed, this.#options);
      await this.#app?.builds.dispose();
      this.#app = app;
      this.#behind.clear();
      this.#isIdleWorkWanted = true;
      this.#appInputs = readAppInputs(project.app, project.folder);
      for (const folder of outsideFolders(app.builds.inputs(), project)) this.#watcher.add(folder);
      const durationMs = Math.round(performance.now() - startedMs);
      const { stacks, unchanged } = deployed.report;
      const outputs = Object.fromEntries(stacks.map(({ displayName, outputs: of }) => [displayName, of]));
      const functions = app.functions.map(({ name, alias }) => ({ name, path: alias.path }));
      const text = `Deployed in ${durationMs} ms; watching ${functions.length} functions.`;
      const addresses = Object.entries(outputs).flatMap(([stack, of]) =>
        Object.entries(of).map(([name, value]) => `${stack}.${name} = ${value}`),
      );
      const lines = [text, ...addresses].join("\n");
      host.notify({
        code: "DevReady",
        level: "info",
        text: lines,
        data: { durationMs, unchanged, outputs, functions },
      });
      this.#options.onDeployed(deployed);
      await this.#inspect(app);
      this.#types.request();
    } catch (error) {
      if (signal.aborted) return;
      const what = "The app was not deployed; what ran before keeps running. Save a file to try again.";
      host.notify(failureMessage("DevDeployFailed", what, error));
    }
  }

  /** Brings code live that a debugger can show. */
  async #inspect(app: DevApp): Promise<void> {
    if (app.inspected.length === 0) return;
    const { host } = this.#options;
    const functions = app.inspected.map(({ fn }) => fn);
    await app.save(functions, app.builds.build(functions), () => {
      const ports = app.inspected.map(({ fn: { name, alias }, port }) => ({ name, path: alias.path, port }));
      const text = ports.map(({ name, port }) => `${name}: attach a debugger to 127.0.0.1:${port}`).join("\n");
      host.notify({ code: "DevInspect", level: "info", text, data: { functions: ports } });
    });
  }

  /** What need not be done before the next save, a piece at a time. */
  async #workIdly(): Promise<void> {
    this.#isIdleWorkWanted = false;
    try {
      await this.#app?.prune();
      this.#isIdleWorkWanted = (await this.#app?.builds.warmOne()) === true;
    } catch (error) {
      if (this.#options.signal.aborted) return;
      this.#options.host.notify({ code: "DevTrouble", level: "debug", text: String(error) });
    }
  }

  async #takeChanges(): Promise<void> {
    const sinceMs = this.#sinceMs;
    const paths = this.#files.filter(this.#changed);
    this.#changed.clear();
    if (paths.size === 0) return;
    if (this.#app === undefined || this.#decidesOverApp(paths)) return this.redeploy();
    const affected = new Set([...this.#app.builds.affected(paths), ...this.#behind.values()]);
    if (affected.size > 0) {
      this.#saving = this.#save(this.#app, [...affected], paths, sinceMs);
      await this.#saving;
    }
    this.#isIdleWorkWanted = true;
    this.#types.request();
  }

  /** Where nothing says what the app reads, every file of code counts that belongs to no function. */
  #decidesOverApp(paths: ReadonlySet<string>): boolean {
    const { project } = this.#options;
    if (PROJECT_FILES.some((name) => paths.has(join(project.folder, name)))) return true;
    const known = this.#appInputs;
    if (known !== undefined) return [...paths].some((path) => known.has(path));
    const ofFunctions = this.#app?.builds.inputs();
    return [...paths].some((path) => CODE.test(path) && ofFunctions?.has(path) !== true);
  }

  async #save(
    app: DevApp,
    affected: readonly DevFunction[],
    paths: ReadonlySet<string>,
    sinceMs: number,
  ): Promise<void> {
    const { host, project, signal } = this.#options;
    const files = namesOfFiles(app.builds.ofFunctions(paths), project.folder);
    for (const fn of affected) this.#behind.set(fn.alias.path, fn);
    try {
      const building = app.builds.build(affected);
      const live = await app.save(affected, building, (all) => {
        const durationMs = Math.round(performance.now() - sinceMs);
        host.notify(liveMessage(files, all, durationMs));
      });
      for (const { fn } of live) this.#behind.delete(fn.alias.path);
      for (const build of await building)
        if (build.kind === "failed") host.notify(buildFailedMessage(build.fn, build.problems));
    } catch (error) {
      if (signal.aborted) return;
      host.notify(failureMessage("DevSaveFailed", `${files.join(", ")}: not live.`, error));
    }
  }
}

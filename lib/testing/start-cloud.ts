import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { IConstruct } from "constructs";
import { type LocalCloud, startLocalCloud } from "../local/local-cloud.ts";
import type { IamMode } from "../local/policy/iam-mode.ts";
import { AdjustableClock } from "../local/state/clock.ts";
import { deployTo, type DeployOptions } from "./deploy-to.ts";
import { type ClientClass, ClientPool, type ClientSettings, LOCAL_CREDENTIALS, type Place } from "./place.ts";
import { synthesiseConstruct, synthesiseProject } from "./synthesise-app.ts";
import { TestApp } from "./test-app.ts";
import { TestClock } from "./test-clock.ts";

/** How a test's cloud is started. */
export interface CloudOptions {
  /** The region of the stage and of the SDK clients. @default "us-east-1" */
  readonly region?: string;
  /**
   * What becomes of calls that IAM's policies do not allow: `enforce` refuses them as AWS does.
   * @default "enforce"
   */
  readonly iam?: IamMode;
  /** Receives the cloud's own log lines. @default - they are dropped */
  readonly log?: (line: string) => void;
}

/** A local cloud of a test's own. */
export interface TestCloud extends AsyncDisposable {
  /** The base URL, for example `http://127.0.0.1:38211`. */
  readonly endpoint: string;
  readonly clock: TestClock;
  /**
   * Deploys an app: the one that a construct is in, or that of a project's folder (the nearest `cdk.json`). Without an
   * argument it is the project of the working directory. A second deploy updates the first. Throws a `UserError` with
   * the deployer's own words where it fails.
   */
  deploy(app?: IConstruct | string, options?: DeployOptions): Promise<TestApp>;
  /** A client of the AWS SDK, configured for this cloud. It is closed with the cloud. */
  client<C extends { destroy(): void }>(Client: ClientClass<C>, settings?: Partial<ClientSettings>): C;
  /** Stops the cloud and deletes its state. A second call does nothing. */
  stop(): Promise<void>;
}

/** Starts an empty local cloud in this process, at a free port, with its state in a temporary folder. */
export async function startCloud(options: CloudOptions = {}): Promise<TestCloud> {
  const stateFolder = await mkdtemp(join(tmpdir(), "tidegate-test-"));
  const cloud = await startLocalCloud({
    stateFolder,
    clock: new AdjustableClock(),
    ...(options.iam !== undefined && { iam: options.iam }),
    ...(options.log !== undefined && { log: options.log }),
  });
  return new RunningCloud(cloud, stateFolder, options);
}

class RunningCloud implements TestCloud {
  readonly endpoint: string;
  readonly clock: TestClock;
  readonly #cloud: LocalCloud;
  readonly #stateFolder: string;
  readonly #place: Place;
  readonly #clients: ClientPool;
  readonly #leftovers: (() => void)[] = [];
  #stopping: Promise<void> | undefined;

  constructor(cloud: LocalCloud, stateFolder: string, { region = "us-east-1" }: CloudOptions) {
    this.#cloud = cloud;
    this.#stateFolder = stateFolder;
    this.endpoint = cloud.endpoint;
    this.clock = new TestClock(cloud.clock);
    this.#place = { stage: "local", region, endpoint: cloud.endpoint, credentials: LOCAL_CREDENTIALS };
    this.#clients = new ClientPool(this.#place);
  }

  async deploy(app: IConstruct | string = ".", options: DeployOptions = {}): Promise<TestApp> {
    const synthesised =
      typeof app === "string" ? await synthesiseProject(app, this.#place.stage) : synthesiseConstruct(app);
    this.#leftovers.push(() => synthesised.dispose());
    return new TestApp(await deployTo(this.#place, synthesised.assembly, options), this.#clients);
  }

  client<C extends { destroy(): void }>(Client: ClientClass<C>, settings?: Partial<ClientSettings>): C {
    return this.#clients.get(Client, settings);
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #stop(): Promise<void> {
    this.#clients.close();
    await this.#cloud.stop();
    for (const dispose of this.#leftovers) dispose();
    await rm(this.#stateFolder, { recursive: true, force: true });
  }
}

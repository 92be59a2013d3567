import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { IConstruct } from "constructs";
import { forkLocalCloud, replaceAddress } from "../local/fork-cloud.ts";
import { type LocalCloud, type LocalCloudOptions, startLocalCloud } from "../local/local-cloud.ts";
import type { IamMode } from "../local/policy/iam-mode.ts";
import { AdjustableClock } from "../local/state/clock.ts";
import { LOCAL_STAGE } from "../synth/project.ts";
import { connectStage } from "./connect-stage.ts";
import { type DeployOptions, synthesiseAndDeploy } from "./deploy-to.ts";
import { Faults } from "./faults.ts";
import { type ClientClass, ClientPool, type ClientSettings, LOCAL_CREDENTIALS, type Place } from "./place.ts";
import { rehearse, type RehearsalOutcome, type ReleaseOptions } from "./rehearse.ts";
import { ForkedApp, TestApp, type TestCloud } from "./test-app.ts";
import { TestClock } from "./test-clock.ts";
import { MessageRecord } from "./test-queue.ts";

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

/**
 * Starts an empty local cloud in this process, at a free port, with its state in a temporary folder. Where the variable
 * `TIDEGATE_TEST_STAGE` names a stage of the working directory's `cdk.json`, it connects to that stage instead.
 */
export async function startCloud(options: CloudOptions = {}): Promise<TestCloud> {
  const stage = process.env["TIDEGATE_TEST_STAGE"] ?? LOCAL_STAGE;
  if (stage !== "" && stage !== LOCAL_STAGE) return connectStage(process.cwd(), stage);
  return RunningCloud.start(options, new MessageRecord(), (parts) =>
    startLocalCloud({ ...parts, clock: new AdjustableClock() }),
  );
}

/** A minute of a rollout passes in a second. */
const REHEARSAL_SPEED = 60;

type Parts = Pick<LocalCloudOptions, "stateFolder" | "iam" | "log" | "intercept" | "onQueued" | "isDurable">;

class RunningCloud implements TestCloud {
  readonly isLocal = true;
  /** Starts a cloud with the kit's own parts in it. */
  static async start(
    options: CloudOptions,
    record: MessageRecord,
    start: (parts: Parts) => Promise<LocalCloud>,
  ): Promise<RunningCloud> {
    const stateFolder = await mkdtemp(join(tmpdir(), "tidegate-test-"));
    const faults = new Faults(() => cloud.clock);
    const { iam = "enforce", log = () => undefined } = options;
    const onQueued = record.add.bind(record);
    const parts = { stateFolder, iam, log, intercept: faults.intercept, onQueued, isDurable: false };
    const cloud = await start(parts);
    return new RunningCloud(cloud, { faults, record, options, stateFolder });
  }

  readonly endpoint: string;
  readonly clock: TestClock;
  readonly faults: Faults;
  readonly #cloud: LocalCloud;
  readonly #record: MessageRecord;
  readonly #options: CloudOptions;
  readonly #stateFolder: string;
  readonly place: Place;
  readonly #clients: ClientPool;
  readonly #leftovers: (() => void)[] = [];
  #stopping: Promise<void> | undefined;

  private constructor(
    cloud: LocalCloud,
    own: { faults: Faults; record: MessageRecord; options: CloudOptions; stateFolder: string },
  ) {
    this.#cloud = cloud;
    this.#record = own.record;
    this.#options = own.options;
    this.#stateFolder = own.stateFolder;
    this.endpoint = cloud.endpoint;
    this.clock = new TestClock(cloud.clock);
    this.faults = own.faults;
    const { region = "us-east-1" } = own.options;
    this.place = { stage: LOCAL_STAGE, region, endpoint: cloud.endpoint, credentials: LOCAL_CREDENTIALS };
    this.#clients = new ClientPool(this.place);
  }

  async deploy(app: IConstruct | string = ".", options: DeployOptions = {}): Promise<TestApp> {
    const { dispose, ...deployed } = await synthesiseAndDeploy(this.place, app, options);
    this.#leftovers.push(dispose);
    return new TestApp({ ...deployed, cloud: this, messages: this.#record });
  }

  async rehearse(options: ReleaseOptions): Promise<RehearsalOutcome> {
    const { clock } = this.#cloud;
    const { speed } = clock;
    clock.setSpeed(options.speed ?? REHEARSAL_SPEED);
    try {
      const outcome = await rehearse(this.place, options);
      this.#leftovers.push(outcome.dispose);
      return outcome;
    } finally {
      clock.setSpeed(speed);
    }
  }

  async fork(): Promise<TestCloud> {
    return RunningCloud.start(this.#options, this.#record.copy(), (parts) => forkLocalCloud(this.#cloud, parts));
  }

  adopt(app: TestApp): ForkedApp {
    const { port } = new URL(app.cloud.endpoint);
    const moved = (text: string) => replaceAddress(text, Number(port), this.#cloud.port);
    const outputs = Object.entries(app.outputs).map(([name, value]) => [name, moved(value)]);
    return new ForkedApp({
      outputs: Object.fromEntries(outputs),
      resources: app.resources().map((one) => ({ ...one, physicalId: moved(one.physicalId) })),
      cloud: this,
      messages: this.#record,
    });
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

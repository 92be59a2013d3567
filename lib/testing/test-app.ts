import type { IConstruct } from "constructs";
import { type AppResource, findResource, type ResourceName } from "./app-resources.ts";
import type { Deployed, DeployOptions } from "./deploy-to.ts";
import type { Faults } from "./faults.ts";
import { findBaseUrl } from "./base-url.ts";
import { type InvokeOptions, invokeFunction } from "./invoke-function.ts";
import { readLogs, type LogOptions } from "./read-logs.ts";
import type { Rehearsed, RehearsalOutcome, ReleaseOptions } from "./rehearse.ts";
import type { ClientClass, ClientSettings, Place } from "./place.ts";
import type { TestClock } from "./test-clock.ts";
import { type MessageRecord, TestQueue } from "./test-queue.ts";

/** How `fetch` finds the API. */
export interface FetchOptions extends RequestInit {
  /** The API, or the function with a URL of its own, where the app has several. @default - the only one */
  readonly api?: ResourceName;
}

/** What a deployed app is made of. */
export interface TestAppParts extends Deployed {
  readonly cloud: TestCloud;
  /** What its queues took. @default - the app is on AWS, where that is not recorded */
  readonly messages?: MessageRecord | undefined;
}

/** An app that a test has deployed. */
export class TestApp {
  /** Where it is deployed. */
  readonly cloud: TestCloud;
  /** The outputs of all stacks, by name. */
  readonly outputs: Readonly<Record<string, string>>;
  readonly #resources: readonly AppResource[];
  readonly #messages: MessageRecord | undefined;

  constructor({ cloud, outputs, resources, messages }: TestAppParts) {
    this.cloud = cloud;
    this.outputs = outputs;
    this.#resources = resources;
    this.#messages = messages;
  }

  /** The app on a copy of its cloud, whose state only this test changes. Stop it, or declare it with `await using`. */
  async fork(): Promise<ForkedApp> {
    const cloud = await this.cloud.fork();
    return cloud.adopt(this);
  }

  /**
   * Calls a function with an event and returns its answer. It is called by its alias, as every trigger does; a function
   * without one is called by its name. Throws a `FunctionFailed` with the function's own error and log where it fails.
   */
  invoke<T = unknown>(fn: ResourceName, event: unknown = {}, options: InvokeOptions = {}): Promise<T> {
    return invokeFunction<T>(this, fn, event, options);
  }

  /**
   * Rehearses the rollout of the app's next version, under load and on the cloud's own clock, and returns how it ended: a
   * release that was rolled back is an answer too. Throws a `UserError` where the deploy fails without having been a
   * release.
   */
  async release(options: ReleaseOptions): Promise<Rehearsal> {
    const { deployed, dispose: _dispose, ...rehearsed } = await this.cloud.rehearse(options);
    return { ...rehearsed, app: new TestApp({ ...deployed, cloud: this.cloud, messages: this.#messages }) };
  }

  /** Calls the app's HTTP API, or its function URL, with a path such as `/todos`. An absolute URL is taken as it is. */
  async fetch(path: string, { api, ...init }: FetchOptions = {}): Promise<Response> {
    const isAbsolute = /^https?:\/\//.test(path);
    return fetch(isAbsolute ? path : `${await findBaseUrl(this, api)}/${path.replace(/^\//, "")}`, init);
  }

  /** What a function has logged, a line each, oldest first; without the lines of Lambda itself. */
  logs(fn: ResourceName, options: LogOptions = {}): Promise<string[]> {
    return readLogs(this, fn, options);
  }

  /** Where the app is deployed. */
  get place(): Place {
    return this.cloud.place;
  }

  /** A client of the AWS SDK, configured for where the app is. It is closed with the cloud. */
  client<C extends { destroy(): void }>(Client: ClientClass<C>, settings?: Partial<ClientSettings>): C {
    return this.cloud.client(Client, settings);
  }

  /** A queue of the app, for what it has received. */
  queue(name: ResourceName): TestQueue {
    const { physicalId: url, region } = this.resource("AWS::SQS::Queue", name);
    return new TestQueue(url, region, this.#messages);
  }

  /** A resource of the app. Throws a `UserError` that lists what there is where the name means none, or several. */
  resource(type: string, name: ResourceName): AppResource {
    return findResource(this.#resources, type, name);
  }

  /** The physical id of a resource: a table's name, a queue's URL, a bucket's name. */
  physicalId(construct: IConstruct | string, type: string): string {
    return this.resource(type, construct).physicalId;
  }

  /** All resources, or those of a type. */
  resources(type?: string): readonly AppResource[] {
    return type === undefined ? this.#resources : this.#resources.filter((resource) => resource.type === type);
  }
}

/** How a rehearsed release ended, and the app as it is then. */
export interface Rehearsal extends Rehearsed {
  readonly app: TestApp;
}

/** An app on a cloud of its own, a copy of the one that it was deployed to. */
export class ForkedApp extends TestApp implements AsyncDisposable {
  /** Stops its cloud and deletes its state. */
  stop(): Promise<void> {
    return this.cloud.stop();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}

/** A local cloud of a test's own, or a stage that the environment names. */
export interface TestCloud extends AsyncDisposable {
  /** False where `TIDEGATE_TEST_STAGE` names a stage: there is no clock, fault or fork there. */
  readonly isLocal: boolean;
  /** The base URL, for example `http://127.0.0.1:38211`. Empty where the stage has AWS's own. */
  readonly endpoint: string;
  /** The stage and its region, endpoint and credentials. */
  readonly place: Place;
  readonly clock: TestClock;
  /** Throttled, failing, slow and lost calls. */
  readonly faults: Faults;
  /**
   * Deploys an app: the one that a construct is in, or that of a project's folder (the nearest `cdk.json`). Without an
   * argument it is the project of the working directory. A second deploy updates the first. Throws a `UserError` with
   * the deployer's own words where it fails.
   */
  deploy(app?: IConstruct | string, options?: DeployOptions): Promise<TestApp>;
  /** Releases the next version of a deployed app under load. See `TestApp.release`. */
  rehearse(options: ReleaseOptions): Promise<RehearsalOutcome>;
  /**
   * Starts a cloud with a copy of this one's state, in this process and with the same time. What happens in one is not
   * seen in the other. Functions start again with their first call. Faults are not copied.
   */
  fork(): Promise<TestCloud>;
  /** The copy of an app on this cloud, which is a fork of the one that the app was deployed to. */
  adopt(app: TestApp): ForkedApp;
  /** A client of the AWS SDK, configured for this cloud. It is closed with the cloud. */
  client<C extends { destroy(): void }>(Client: ClientClass<C>, settings?: Partial<ClientSettings>): C;
  /** Stops the cloud and deletes its state. A second call does nothing. */
  stop(): Promise<void>;
}

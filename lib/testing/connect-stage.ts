import type { IConstruct } from "constructs";
import { UserError } from "../errors.ts";
import { readProject, stageOf } from "../synth/project.ts";
import { type DeployOptions, synthesiseAndDeploy } from "./deploy-to.ts";
import type { Faults } from "./faults.ts";
import { type ClientClass, ClientPool, type ClientSettings, type Place } from "./place.ts";
import { rehearse, type RehearsalOutcome, type ReleaseOptions } from "./rehearse.ts";
import type { TestClock } from "./test-clock.ts";
import { TestApp, type ForkedApp, type TestCloud } from "./test-app.ts";

/**
 * Connects a test to a stage of the project's `cdk.json`, with the caller's own credentials. Throws a `UserError` for a
 * stage that is unknown, or protected: tests change its data.
 */
export function connectStage(folder: string, name: string): TestCloud {
  const { region, profile, endpoint, protected: isProtected } = stageOf(readProject(folder, process.env), name);
  if (isProtected) {
    throw new UserError("StageProtected", `The stage ${name} is protected: tests change its data, and deploy to it`, {
      fix: "Set TIDEGATE_TEST_STAGE to a stage for tests, or leave it out for the local cloud.",
    });
  }
  return new StageCloud({ stage: name, region, profile, endpoint });
}

/** A stage that exists by itself: it is left as the tests leave it. */
class StageCloud implements TestCloud {
  readonly isLocal = false;
  readonly endpoint: string;
  readonly place: Place;
  readonly #clients: ClientPool;
  readonly #leftovers: (() => void)[] = [];

  constructor(place: Place) {
    this.place = place;
    this.endpoint = place.endpoint ?? "";
    this.#clients = new ClientPool(place);
  }

  get clock(): TestClock {
    throw this.#notThere("clock that a test can move");
  }

  get faults(): Faults {
    throw this.#notThere("faults");
  }

  async deploy(app: IConstruct | string = ".", options: DeployOptions = {}): Promise<TestApp> {
    const { dispose, ...deployed } = await synthesiseAndDeploy(this.place, app, options);
    this.#leftovers.push(dispose);
    return new TestApp({ ...deployed, cloud: this });
  }

  async rehearse(options: ReleaseOptions): Promise<RehearsalOutcome> {
    const outcome = await rehearse(this.place, options);
    this.#leftovers.push(outcome.dispose);
    return outcome;
  }

  fork(): Promise<TestCloud> {
    return Promise.reject(this.#notThere("copies"));
  }

  adopt(): ForkedApp {
    throw this.#notThere("copies");
  }

  client<C extends { destroy(): void }>(Client: ClientClass<C>, settings?: Partial<ClientSettings>): C {
    return this.#clients.get(Client, settings);
  }

  stop(): Promise<void> {
    this.#clients.close();
    for (const dispose of this.#leftovers) dispose();
    return Promise.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  #notThere(what: string): UserError {
    return new UserError("OnlyLocal", `The stage ${this.place.stage} has no ${what}: only the local cloud has`, {
      fix: "Skip the test where cloud.isLocal is false.",
    });
  }
}

import type { IConstruct } from "constructs";
import { type AppResource, findResource, type ResourceName } from "./app-resources.ts";
import type { Deployed } from "./deploy-to.ts";
import { findBaseUrl } from "./base-url.ts";
import { type InvokeOptions, invokeFunction } from "./invoke-function.ts";
import { readLogs, type LogOptions } from "./read-logs.ts";
import type { ClientClass, ClientPool, ClientSettings } from "./place.ts";

/** How `fetch` finds the API. */
export interface FetchOptions extends RequestInit {
  /** The API, or the function with a URL of its own, where the app has several. @default - the only one */
  readonly api?: ResourceName;
}

/** An app that a test has deployed. */
export class TestApp {
  /** The outputs of all stacks, by name. */
  readonly outputs: Readonly<Record<string, string>>;
  readonly #resources: readonly AppResource[];
  readonly #clients: ClientPool;

  constructor({ outputs, resources }: Deployed, clients: ClientPool) {
    this.outputs = outputs;
    this.#resources = resources;
    this.#clients = clients;
  }

  /**
   * Calls a function with an event and returns its answer. It is called by its alias, as every trigger does; a function
   * without one is called by its name. Throws a `FunctionFailed` with the function's own error and log where it fails.
   */
  invoke<T = unknown>(fn: ResourceName, event: unknown = {}, options: InvokeOptions = {}): Promise<T> {
    return invokeFunction<T>(this, fn, event, options);
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

  /** A client of the AWS SDK, configured for where the app is. It is closed with the cloud. */
  client<C extends { destroy(): void }>(Client: ClientClass<C>, settings?: Partial<ClientSettings>): C {
    return this.#clients.get(Client, settings);
  }

  /** A resource of the app. Throws a `UserError` that lists what there is where the name means none, or several. */
  resource(type: string, name: ResourceName): AppResource {
    return findResource(this.#resources, type, name);
  }

  /** The physical id of a resource: a table's name, a queue's URL, a bucket's name. */
  physicalId(construct: IConstruct | string, type: string): string {
    return this.resource(type, construct).physicalId;
  }

  /** All resources of a type. */
  resources(type: string): readonly AppResource[] {
    return this.#resources.filter((resource) => resource.type === type);
  }
}

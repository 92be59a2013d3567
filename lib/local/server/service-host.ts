import { type Handler, handlerOf } from "./handler-of.ts";
import { errorText } from "../kit/error-text.ts";
import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Permission } from "../../iam/permissions/permission.ts";
import { AwsError, isAwsError } from "../aws-error.ts";
import { SERVICE_NAMES } from "../catalogue.ts";
import type { ActingFor } from "../policy/caller.ts";
import { type ServiceEntry, SERVICES } from "../registry.ts";
import type {
  CallContext,
  Cloud,
  HttpRoute,
  LocalService,
  RequestContext,
  ServiceFactory,
  ServiceName,
} from "../service.ts";

import type { Authoriser } from "./authorise.ts";

/** Where calls inside the cloud go when they name no region. */
const DEFAULT_REGION = "us-east-1";

/** The answer to requests that arrive after the stop. */
export const STOPPING = "The local cloud is stopping.";

/** What a user lets web pages do: call this one service. */
export interface Sharing {
  readonly service: ServiceName;
  readonly headers: Record<string, string>;
}

/** What the host adds to: calls between services are its own. */
export type CloudParts = Omit<Cloud, "admit" | "call" | "findDenial" | "findMissingPermission">;

/** The running services: each is loaded and started on its first use, or soon after the cloud listens. */
export class ServiceHost {
  readonly #cloud: Cloud;
  readonly #authoriser: Authoriser;
  readonly #loading = new Map<ServiceName, Promise<LocalService>>();
  #routes: HttpRoute[] = [];
  readonly #started: LocalService[] = [];
  #isStopping = false;
  #hasStopped = false;

  constructor(cloud: CloudParts, authoriser: Authoriser) {
    this.#authoriser = authoriser;
    // Getters of the given cloud stay live: its endpoint is known only once it listens.
    this.#cloud = Object.create(cloud, {
      admit: { value: authoriser.admit.bind(authoriser) },
      call: { value: this.call.bind(this) },
      findDenial: { value: this.findDenial.bind(this) },
      findMissingPermission: { value: this.findMissingPermission.bind(this) },
    }) as Cloud;
  }

  /** No request from outside is accepted any more; calls between services still are, until they have ended. */
  get isStopping(): boolean {
    return this.#isStopping;
  }

  refuseRequests(): void {
    this.#isStopping = true;
  }

  /** The plain HTTP surfaces of the services that are loaded. */
  get routes(): readonly HttpRoute[] {
    return this.#routes;
  }

  /** The loaded service whose user lets a web page make this request of it, and the CORS headers that say so. */
  findSharing(request: IncomingMessage, url: URL): Sharing | undefined {
    for (const service of this.#started) {
      const headers = service.corsHeaders?.(request, url);
      if (headers !== undefined) return { service: service.name, headers };
    }
    return undefined;
  }

  /** Loads every service that has something to attend to. One that cannot be loaded says so when it is called. */
  async startEager(): Promise<void> {
    if (this.#isStopping) return;
    for (const name of SERVICE_NAMES.filter((each) => this.#isEager(SERVICES[each]))) {
      if (this.#isStopping) return;
      await this.load(name).catch((error: unknown) =>
        this.#cloud.log(`${name} could not be started: ${errorText(error)}`),
      );
    }
  }

  /** The service, loaded and started. */
  load(name: ServiceName): Promise<LocalService> {
    let service = this.#loading.get(name);
    if (service === undefined) {
      service = this.#start(name);
      this.#loading.set(name, service);
      service.catch(() => this.#loading.delete(name));
    }
    return service;
  }

  /** Answers a call from outside: authorises it, runs it, and waits until what it wrote is on disk. */
  async answer(name: ServiceName, operation: string, input: unknown, context: RequestContext): Promise<unknown> {
    if (this.#isStopping) throw stopping();
    const service = await this.load(name);
    const handler = handlerOf(service, operation);
    const call = { service, operation, input, context };
    const handle: Handler = async (_input, authorised) => {
      try {
        return await handler(input, authorised);
      } catch (error) {
        this.#authoriser.checkMissing(call, error);
        throw error;
      }
    };
    return this.#run(handle, input, context, () => this.#authoriser.checkSigned(call));
  }

  /** `Cloud.call`: a call from one service to another, internally or on behalf of a principal. */
  async call(name: ServiceName, operation: string, input: unknown, given: CallContext = {}): Promise<unknown> {
    const { as: acting, ...known } = given;
    const context = { account: this.#cloud.account, region: DEFAULT_REGION, requestId: randomUUID(), ...known };
    if (this.#hasStopped || (this.#isStopping && context.http !== undefined)) throw stopping();
    const service = await this.load(name);
    const handler = handlerOf(service, operation);
    return this.#run(handler, input, context, async () => {
      const asked = { service, operation, input, context };
      return acting === undefined ? NONE_REFUSED : this.#authoriser.checkActing(asked, acting);
    });
  }

  /** `Cloud.findDenial`: the same check as before a call, without the call. */
  async findDenial(
    name: ServiceName,
    operation: string,
    input: object,
    { as: acting, ...known }: CallContext & Required<Pick<CallContext, "as">>,
  ): Promise<string | undefined> {
    const context = { account: this.#cloud.account, region: DEFAULT_REGION, requestId: randomUUID(), ...known };
    const service = await this.load(name);
    return this.#authoriser
      .checkActing({ service, operation, input, context }, acting)
      .then(wordsOfFirst, wordsOfDenial);
  }

  /** `Cloud.findMissingPermission`. */
  findMissingPermission(permission: Permission, context: { region: string; as: ActingFor }): string | undefined {
    try {
      this.#authoriser.checkPermission(permission, context);
      return undefined;
    } catch (error) {
      return wordsOfDenial(error);
    }
  }

  /** Once the services have stopped, a call that was under way is refused: its state is closed. */
  async #run(
    handler: Handler,
    input: unknown,
    context: RequestContext,
    authorise: () => Promise<ReadonlyMap<number, string>>,
  ): Promise<unknown> {
    try {
      const refusedParts = await authorise();
      return await handler(input, refusedParts.size === 0 ? context : { ...context, refusedParts });
    } catch (error) {
      throw this.#hasStopped ? stopping() : error;
    } finally {
      await this.#cloud.store.durable();
    }
  }

  /** Ends every service that was started, the last one first; also one that another started with its last words. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    const ended = new Set<ServiceName>();
    const next = () => [...this.#loading].findLast(([name]) => !ended.has(name));
    for (let found = next(); found !== undefined; found = next()) {
      const [name, loading] = found;
      ended.add(name);
      const service = await loading.catch(() => undefined);
      await Promise.resolve(service?.stop?.()).catch((error: unknown) =>
        this.#cloud.log(`${service?.name} did not stop: ${String(error)}`),
      );
    }
    this.#hasStopped = true;
  }

  #isEager({ eager }: ServiceEntry): boolean {
    return eager === "always" || (eager !== undefined && this.#cloud.store.holds(eager.ifStored));
  }

  async #start(name: ServiceName): Promise<LocalService> {
    if (this.#hasStopped) throw stopping();
    const factory = (await SERVICES[name].factory()) as ServiceFactory;
    const service = factory(this.#cloud);
    await service.start?.();
    this.#routes = [...this.#routes, ...(service.routes ?? [])];
    this.#started.push(service);
    return service;
  }
}

const NONE_REFUSED: ReadonlyMap<number, string> = new Map();

function wordsOfFirst(refusedParts: ReadonlyMap<number, string>): string | undefined {
  return [...refusedParts.values()][0];
}

function wordsOfDenial(error: unknown): string {
  if (isAwsError(error)) return error.message;
  throw error;
}

function stopping(): AwsError {
  return new AwsError("ServiceUnavailable", STOPPING, { statusCode: 503 });
}

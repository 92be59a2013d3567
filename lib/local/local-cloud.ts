import { randomBytes } from "node:crypto";
import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { readOwnVersion } from "../util/own-version.ts";
import { BlobStore } from "./state/blobs.ts";
import type { AdjustableClock } from "./state/clock.ts";
import { CloudClock, type ClockStatus } from "./state/cloud-clock.ts";
import { SERVICE_NAMES } from "./catalogue.ts";
import type { IamMode } from "./policy/iam-mode.ts";
import { type AccessObserver, Authoriser } from "./server/authorise.ts";
import { AwsGateway } from "./server/aws-gateway.ts";
import { InFlight } from "./server/in-flight.ts";
import type { Interceptor } from "./server/intercept.ts";
import { createCloudServer } from "./server/server.ts";
import { ServiceHost, type CloudParts } from "./server/service-host.ts";
import type { Cloud, QueuedMessage } from "./service.ts";
import { openStateFile } from "./state/state-file.ts";
import { prepareStateFolder } from "./state/state-folder.ts";
import { isPortTaken } from "./state/port-taken.ts";
import { settleAtPort } from "./state/last-port.ts";
import type { Store } from "./state/store.ts";

/** The account of every local cloud: the one that tools expect of an emulator. No real account has this id. */
export const LOCAL_ACCOUNT = "000000000000";

/** The name of the state's file in its folder. */
export const STATE_FILE = "state.sqlite";

/** How long a stop waits for requests that are being answered; a long poll ends with its connection. */
const GRACE_MS = 250;

/** How a local cloud is started. */
export interface LocalCloudOptions {
  /** Where its state is kept, for example `.tidegate/local`. */
  readonly stateFolder: string;
  /** @default 0 - a free port */
  readonly port?: number;
  /** Takes a free port where `port` is in use. @default false */
  readonly orFreePort?: boolean;
  /** A clock of the caller's own; its setting is not kept. @default - the clock that the state folder keeps */
  readonly clock?: AdjustableClock;
  /** Twelve digits. @default "000000000000" */
  readonly account?: string;
  /**
   * What becomes of calls that IAM's policies do not allow: `enforce` refuses them as AWS does, `warn` lets them through
   * and logs the statement that is missing, `off` looks at no policy.
   * @default "enforce"
   */
  readonly iam?: IamMode;
  /** Called with each permission that a caller needs. @default - nothing is recorded */
  readonly onAccess?: AccessObserver;
  /** Comes before each operation that is called over the wire: faults of a test. @default - none */
  readonly intercept?: Interceptor;
  /** Receives each message that a queue takes. @default - nothing is recorded */
  readonly onQueued?: (message: QueuedMessage) => void;
  /**
   * Whether the state survives a power cut: every answer waits then until it is on disk. Without it, state survives the
   * process only.
   * @default true
   */
  readonly isDurable?: boolean;
  /** Where the cloud's own log lines go. @default - nowhere */
  readonly log?: (line: string) => void;
  /** What the admin surface's `stop` does. @default - stops the cloud */
  readonly onStop?: () => void;
}

/** The cloud's status, as `GET /_tidegate/health` returns it. */
export interface CloudStatus {
  readonly status: "running";
  readonly endpoint: string;
  readonly port: number;
  readonly pid: number;
  readonly version: string;
  readonly account: string;
  readonly uptimeMs: number;
  readonly stateFolder: string;
  readonly services: readonly string[];
  /** What becomes of calls that policies do not allow. */
  readonly iam: IamMode;
  readonly clock: ClockStatus;
}

/** A running local cloud. */
export interface LocalCloud {
  /** The base URL, for example `http://127.0.0.1:4747`. */
  readonly endpoint: string;
  readonly port: number;
  readonly clock: AdjustableClock;
  /** The token that POST requests to the admin surface need. */
  readonly token: string;
  readonly call: Cloud["call"];
  status(): CloudStatus;
  /** Writes a copy of the state's file, without blobs and unpacked code, to a new file. */
  copyState(path: string): Promise<void>;
  /** Ends the services, closes the port and the state. Calling it again does nothing. */
  stop(): Promise<void>;
}

/**
 * Starts a local cloud in this process and answers once it listens, on 127.0.0.1 only. Fails with a `UserError` when
 * the state is damaged, newer or in use, and with Node's own error when the port is not free.
 */
export async function startLocalCloud(options: LocalCloudOptions): Promise<LocalCloud> {
  const { stateFolder, log = () => undefined } = options;
  const startedMs = performance.now();
  prepareStateFolder(stateFolder);
  const store = openStateFile(join(stateFolder, STATE_FILE), { isDurable: options.isDurable });
  const time = new CloudClock(store, options.clock);
  const address = { port: 0 };
  const cloud = buildCloud(options, store, time.clock, address);
  const iam = options.iam ?? "enforce";
  const services = new ServiceHost(cloud, new Authoriser(iam, cloud, options.onAccess));
  const ready = Promise.withResolvers<void>();
  const inFlight = new InFlight();
  const token = randomBytes(24).toString("base64url");
  const status = () => ({
    ...buildStatus(cloud, stateFolder, startedMs, address.port, time.status()),
    iam,
  });
  const server = createCloudServer({
    account: cloud.account,
    clock: time.clock,
    services,
    gateway: new AwsGateway(),
    admin: {
      token,
      status,
      clock: () => time.status(),
      changeClock: (change) => time.change(change),
      stop: options.onStop ?? (() => void stop()),
    },
    ready: ready.promise,
    intercept: options.intercept,
    address,
    inFlight,
    log,
  });
  const stop = stopOnce({ server, services, inFlight, time, store });
  try {
    address.port = await listen(server, options);
    settleAtPort(stateFolder, store, address.port);
  } catch (error) {
    server.close();
    time.close();
    store.close();
    throw error;
  }
  setImmediate(() => ready.resolve(services.startEager()));
  const call = services.call.bind(services) as Cloud["call"];
  const copyState = (path: string) => store.copyTo(path);
  return { endpoint: cloud.endpoint, port: address.port, clock: time.clock, token, call, status, copyState, stop };
}

function buildCloud(
  { stateFolder, account = LOCAL_ACCOUNT, isDurable, onQueued, log = () => undefined }: LocalCloudOptions,
  store: Store,
  clock: AdjustableClock,
  address: { readonly port: number },
): CloudParts {
  return {
    account,
    partition: "aws",
    clock,
    store,
    blobs: new BlobStore(join(stateFolder, "blobs"), { isDurable }),
    scratchFolder: join(stateFolder, "scratch"),
    ...(onQueued !== undefined && { onQueued }),
    get endpoint() {
      return `http://127.0.0.1:${address.port}`;
    },
    log,
  };
}

function buildStatus(
  { endpoint, account }: CloudParts,
  stateFolder: string,
  startedMs: number,
  port: number,
  clock: ClockStatus,
): Omit<CloudStatus, "iam"> {
  return {
    status: "running",
    endpoint,
    port,
    pid: process.pid,
    version: readOwnVersion(),
    account,
    uptimeMs: Math.round(performance.now() - startedMs),
    stateFolder,
    services: SERVICE_NAMES,
    clock,
  };
}

async function listen(
  server: Server,
  { port = 0, orFreePort = false }: Pick<LocalCloudOptions, "port" | "orFreePort">,
): Promise<number> {
  server.listen(port, "127.0.0.1");
  try {
    await once(server, "listening");
  } catch (error) {
    if (!orFreePort || !isPortTaken(error)) throw error;
    return listen(server, {});
  }
  return (server.address() as AddressInfo).port;
}

interface Running {
  readonly server: Server;
  readonly services: ServiceHost;
  readonly inFlight: InFlight;
  readonly time: CloudClock;
  readonly store: Store;
}

/** Requests in flight get a moment to end, and the state is closed once nothing uses it any more. */
function stopOnce({ server, services, inFlight, time, store }: Running): () => Promise<void> {
  let stopping: Promise<void> | undefined;
  const stop = async () => {
    const closed = once(server, "close");
    server.close();
    services.refuseRequests();
    await inFlight.idle(GRACE_MS);
    await services.stop();
    server.closeAllConnections();
    await closed;
    await inFlight.idle(GRACE_MS);
    time.close();
    store.close();
  };
  return () => (stopping ??= stop());
}

import { once } from "node:events";
import { join } from "node:path";
import type { AddressInfo } from "node:net";
import { BlobStore } from "./blobs.ts";
import { AdjustableClock } from "./clock.ts";
import { AwsGateway } from "./server/aws-gateway.ts";
import { createCloudServer } from "./server/server.ts";
import { ServiceHost } from "./server/service-host.ts";
import type { Cloud } from "./service.ts";
import { openStore } from "./store.ts";

/** The account of every local cloud: the one that tools expect of an emulator, and that belongs to nobody. */
export const LOCAL_ACCOUNT = "000000000000";

/** How a local cloud is started. */
export interface LocalCloudOptions {
  /** Where its state is kept, for example `.tidegate/local`. */
  readonly stateFolder: string;
  /** @default 0 - a free port */
  readonly port?: number;
  /** @default - a clock that runs with the machine's */
  readonly clock?: AdjustableClock;
  /** Twelve digits. @default "000000000000" */
  readonly account?: string;
  /** Where the cloud's own log lines go. @default - nowhere */
  readonly log?: (line: string) => void;
}

/** A running local cloud. */
export interface LocalCloud {
  /** The base URL, for example `http://127.0.0.1:4747`. */
  readonly endpoint: string;
  readonly port: number;
  readonly clock: AdjustableClock;
  readonly call: Cloud["call"];
  /** Ends the services, closes the port and the state. */
  stop(): Promise<void>;
}

/** Starts a local cloud in this process and answers once it listens, on 127.0.0.1 only. */
export async function startLocalCloud(options: LocalCloudOptions): Promise<LocalCloud> {
  const { stateFolder, account = LOCAL_ACCOUNT, log = () => undefined } = options;
  const clock = options.clock ?? new AdjustableClock();
  const store = openStore(join(stateFolder, "state.sqlite"));
  let port = 0;
  const cloud: Omit<Cloud, "call"> = {
    account,
    partition: "aws",
    clock,
    store,
    blobs: new BlobStore(join(stateFolder, "blobs")),
    scratchFolder: join(stateFolder, "scratch"),
    get endpoint() {
      return `http://127.0.0.1:${port}`;
    },
    log,
  };
  const services = new ServiceHost(cloud);
  const ready = Promise.withResolvers<void>();
  const server = createCloudServer({
    account,
    clock,
    services,
    gateway: new AwsGateway(),
    ready: ready.promise,
    get port() {
      return port;
    },
    log,
  });
  server.listen(options.port ?? 0, "127.0.0.1");
  await once(server, "listening");
  port = (server.address() as AddressInfo).port;
  setImmediate(() => ready.resolve(services.startEager()));
  return {
    endpoint: cloud.endpoint,
    port,
    clock,
    call: services.call.bind(services) as Cloud["call"],
    async stop() {
      server.close();
      await services.stop();
      server.closeAllConnections();
      clock.stop();
      store.close();
    },
  };
}

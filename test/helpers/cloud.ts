import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { IAMClient } from "@aws-sdk/client-iam";
import { AdjustableClock } from "../../lib/local/state/clock.ts";
import { makeRole } from "./make-role.ts";
import { startLocalCloud, type LocalCloud, type LocalCloudOptions } from "../../lib/local/local-cloud.ts";

interface Destroyable {
  destroy(): void;
}

/** A local cloud of a test's own: an empty store in a temporary folder, a free port, a clock that can be moved. */
export interface TestCloud extends LocalCloud {
  readonly stateFolder: string;
  /** A real SDK client that speaks to the cloud over loopback. Closed by `stop()`. */
  client<K extends new (...configuration: never) => Destroyable>(Client: K, configuration?: object): InstanceType<K>;
}

/** How a test's cloud is started. */
export interface TestCloudOptions extends Partial<LocalCloudOptions> {
  /** Names of roles that are there from the start, and may do everything. @default - none */
  readonly roles?: readonly string[];
}

/** Starts a cloud for a test. Call `stop()` when done. `stateFolder` keeps state over a restart. */
export async function startTestCloud({ roles = [], ...options }: TestCloudOptions = {}): Promise<TestCloud> {
  const stateFolder = options.stateFolder ?? (await mkdtemp(join(tmpdir(), "tidegate-cloud-")));
  const cloud = await startLocalCloud({
    stateFolder,
    clock: new AdjustableClock(),
    log: (line) => process.stderr.write(`[cloud] ${line}\n`),
    ...options,
  });
  const clients: Destroyable[] = [];
  const started: TestCloud = {
    ...cloud,
    stateFolder,
    client(Client, configuration) {
      const settings = { ...clientDefaults(cloud.endpoint), ...configuration };
      const client = new Client(...([settings] as never));
      clients.push(client);
      return client as InstanceType<typeof Client>;
    },
    async stop() {
      for (const client of clients) client.destroy();
      await cloud.stop();
      if (options.stateFolder === undefined) await rm(stateFolder, { recursive: true, force: true });
    },
  };
  for (const name of roles) await makeRole(started.client(IAMClient), name);
  return started;
}

function clientDefaults(endpoint: string): object {
  return {
    endpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
    maxAttempts: 1,
  };
}

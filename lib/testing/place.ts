import type { AwsCredentialIdentity } from "@smithy/types";

/** Where a test's app is deployed: a local cloud, or a stage on AWS. */
export interface Place {
  /** The name of the stage: `local`, or one of `cdk.json`. */
  readonly stage: string;
  readonly region: string;
  /** The local cloud's base URL. @default - AWS's own endpoints */
  readonly endpoint?: string;
  /** A profile of the shared AWS configuration. @default - the SDK's usual chain */
  readonly profile?: string;
  /** @default - the SDK's usual chain */
  readonly credentials?: AwsCredentialIdentity;
}

/** The local cloud accepts any credentials; no other endpoint accepts these. */
export const LOCAL_CREDENTIALS: AwsCredentialIdentity = { accessKeyId: "test", secretAccessKey: "test" };

/** What an SDK client is configured with: each member is one of every client's own settings. */
export interface ClientSettings {
  readonly region: string;
  readonly endpoint?: string;
  readonly profile?: string;
  readonly credentials?: AwsCredentialIdentity;
  readonly maxAttempts?: number;
}

/** A class of SDK clients, such as `LambdaClient`. */
export type ClientClass<C> = new (settings: ClientSettings) => C;

interface Destroyable {
  destroy(): void;
}

/** SDK clients that are made on first use and closed together. */
export class ClientPool {
  readonly #settings: ClientSettings;
  readonly #clients = new Map<unknown, Destroyable>();
  readonly #own: Destroyable[] = [];

  constructor({ region, endpoint, profile, credentials }: Place) {
    this.#settings = {
      region,
      ...(endpoint !== undefined && { endpoint, maxAttempts: 1 }),
      ...(profile !== undefined && { profile }),
      ...(credentials !== undefined && { credentials }),
    };
  }

  /** The client of a class, made once; with settings of its own, a new one each time. */
  get<C extends Destroyable>(Client: ClientClass<C>, settings?: Partial<ClientSettings>): C {
    if (settings !== undefined) {
      const own = new Client({ ...this.#settings, ...settings });
      this.#own.push(own);
      return own;
    }
    const known = this.#clients.get(Client);
    if (known instanceof Client) return known;
    const client = new Client(this.#settings);
    this.#clients.set(Client, client);
    return client;
  }

  /** Closes every client's connections. */
  close(): void {
    for (const client of [...this.#clients.values(), ...this.#own]) client.destroy();
    this.#clients.clear();
    this.#own.length = 0;
  }
}

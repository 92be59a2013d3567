import { Agent, request } from "node:http";
import { SHOP_FUNCTIONS } from "./shop-app.ts";

/** What the client has seen since it was last read. */
export interface Served {
  /** Answers by version. */
  readonly served: Readonly<Record<string, number>>;
  /** What went wrong and was not the app's own doing. */
  readonly failures: readonly string[];
  /** Errors that the app made by itself. */
  readonly badCalls: number;
}

/** How many callers there are; a third of them calls one popular function, the others all in turn. */
const CALLERS = 6;
const POPULAR = "shop-F07";

/** Calls every function of the shop through its alias, again and again, without a retry. */
export class ShopClient {
  readonly #endpoint: URL;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: CALLERS });
  #stopping = false;
  #running: Promise<unknown> = Promise.resolve();
  #served = new Map<string, number>();
  #failures: string[] = [];
  #badCalls = 0;
  #turn = 0;

  constructor(endpoint: string) {
    this.#endpoint = new URL(endpoint);
  }

  start(): void {
    this.#running = Promise.all(Array.from({ length: CALLERS }, (_, caller) => this.#loop(caller)));
  }

  read(): Served {
    const seen = { served: Object.fromEntries(this.#served), failures: this.#failures, badCalls: this.#badCalls };
    this.#served = new Map();
    this.#failures = [];
    this.#badCalls = 0;
    return seen;
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#running;
    this.#agent.destroy();
  }

  async #loop(caller: number): Promise<void> {
    const isPopular = caller < CALLERS / 3;
    while (!this.#stopping) await this.#call(isPopular ? POPULAR : this.#inTurn());
  }

  #inTurn(): string {
    this.#turn = (this.#turn + 1) % SHOP_FUNCTIONS;
    return `shop-F${String(this.#turn).padStart(2, "0")}`;
  }

  async #call(name: string): Promise<void> {
    try {
      const { status, functionError, body } = await this.#invoke(name);
      if (functionError !== undefined && body.includes("as it was told to")) this.#badCalls += 1;
      else if (status !== 200 || functionError !== undefined) this.#failures.push(`${name}: ${status} ${body}`);
      else {
        const { version } = JSON.parse(body) as { version: string };
        this.#served.set(version, (this.#served.get(version) ?? 0) + 1);
      }
    } catch (error) {
      this.#failures.push(`${name}: ${String(error)}`);
    }
  }

  #invoke(name: string): Promise<{ status: number; functionError: string | undefined; body: string }> {
    const { hostname, port } = this.#endpoint;
    const path = `/2015-03-31/functions/${name}/invocations?Qualifier=live`;
    const day = new Date().toISOString().slice(0, 10).replaceAll("-", "");
    const authorization = `AWS4-HMAC-SHA256 Credential=tester/${day}/us-east-1/lambda/aws4_request, SignedHeaders=host, Signature=0`;
    return new Promise((resolve, reject) => {
      const call = request(
        { hostname, port, path, method: "POST", agent: this.#agent, headers: { authorization } },
        (answer) => {
          let body = "";
          answer.setEncoding("utf8").on("data", (chunk: string) => (body += chunk));
          answer.on("end", () => {
            const functionError = answer.headers["x-amz-function-error"] as string | undefined;
            resolve({ status: answer.statusCode!, functionError, body });
          });
          answer.on("error", reject);
        },
      );
      call.on("error", reject);
      call.end("{}");
    });
  }
}

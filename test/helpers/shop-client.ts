import { DescribeExecutionCommand, SFNClient, StartExecutionCommand } from "@aws-sdk/client-sfn";
import { Agent, request } from "node:http";
import { SHOP_FUNCTIONS } from "./shop-app.ts";

/** What the client has seen since it was last read. */
export interface Served {
  /** Answers by version. */
  readonly served: Readonly<Record<string, number>>;
  /** Executions of the workflow that succeeded, by its version. */
  readonly orders: Readonly<Record<string, number>>;
  /** What went wrong and was not the app's own doing. */
  readonly failures: readonly string[];
  /** Errors that the app made by itself. */
  readonly badCalls: number;
}

/** How many callers there are; a third of them calls one popular function, the others all in turn. */
const CALLERS = 6;
const POPULAR = "shop-F07";
const WORKFLOW = "arn:aws:states:us-east-1:000000000000:stateMachine:shop-order:live";

/** Calls every function of the shop through its alias, again and again, without a retry. */
export class ShopClient {
  readonly #endpoint: URL;
  readonly #sfn: SFNClient;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: CALLERS });
  #stopping = false;
  #running: Promise<unknown> = Promise.resolve();
  #served = new Map<string, number>();
  #orders = new Map<string, number>();
  #failures: string[] = [];
  #badCalls = 0;
  #turn = 0;

  constructor(endpoint: string) {
    this.#endpoint = new URL(endpoint);
    const credentials = { accessKeyId: "tester", secretAccessKey: "tester" };
    this.#sfn = new SFNClient({ endpoint, region: "us-east-1", credentials, maxAttempts: 1 });
  }

  start(): void {
    const callers = Array.from({ length: CALLERS }, (_, caller) => this.#loop(caller));
    this.#running = Promise.all([...callers, this.#order()]);
  }

  read(): Served {
    const seen = {
      served: Object.fromEntries(this.#served),
      orders: Object.fromEntries(this.#orders),
      failures: this.#failures,
      badCalls: this.#badCalls,
    };
    this.#served = new Map();
    this.#orders = new Map();
    this.#failures = [];
    this.#badCalls = 0;
    return seen;
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#running;
    this.#agent.destroy();
    this.#sfn.destroy();
  }

  async #loop(caller: number): Promise<void> {
    const isPopular = caller < CALLERS / 3;
    while (!this.#stopping) await this.#call(isPopular ? POPULAR : this.#inTurn());
  }

  /** Starts the workflow through its alias, again and again, and waits for each end. */
  async #order(): Promise<void> {
    while (!this.#stopping) {
      try {
        const { executionArn } = await this.#sfn.send(new StartExecutionCommand({ stateMachineArn: WORKFLOW }));
        const ended = await this.#ended(executionArn!);
        const version = ended.stateMachineVersionArn?.split(":").at(-1) ?? "none";
        if (ended.status === "SUCCEEDED") this.#orders.set(version, (this.#orders.get(version) ?? 0) + 1);
        else if (ended.cause?.includes("failed on purpose")) this.#badCalls += 1;
        else this.#failures.push(`workflow: ${ended.status} ${ended.error} ${ended.cause}`);
      } catch (error) {
        this.#failures.push(`workflow: ${String(error)}`);
      }
    }
  }

  async #ended(executionArn: string) {
    for (;;) {
      const found = await this.#sfn.send(new DescribeExecutionCommand({ executionArn }));
      if (found.status !== "RUNNING") return found;
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }

  #inTurn(): string {
    this.#turn = (this.#turn + 1) % SHOP_FUNCTIONS;
    return `shop-F${String(this.#turn).padStart(2, "0")}`;
  }

  async #call(name: string): Promise<void> {
    try {
      const { status, functionError, body } = await this.#invoke(name);
      if (functionError !== undefined && body.includes("failed on purpose")) this.#badCalls += 1;
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

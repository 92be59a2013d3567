import type { ApiGatewayV2Client } from "@aws-sdk/client-apigatewayv2";
import type { CloudFormationClient } from "@aws-sdk/client-cloudformation";
import type { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import type { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import type { IAMClient } from "@aws-sdk/client-iam";
import type { KinesisClient } from "@aws-sdk/client-kinesis";
import type { LambdaClient } from "@aws-sdk/client-lambda";
import type { S3Client } from "@aws-sdk/client-s3";
import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { SFNClient } from "@aws-sdk/client-sfn";
import type { SNSClient } from "@aws-sdk/client-sns";
import type { SQSClient } from "@aws-sdk/client-sqs";
import type { SSMClient } from "@aws-sdk/client-ssm";
import type { STSClient } from "@aws-sdk/client-sts";
import type { AwsCredentialIdentity, AwsCredentialIdentityProvider } from "@smithy/types";
import { explainCalls } from "./explain-calls.ts";
import { isLoopback } from "./is-loopback.ts";
import { keepAnswersFinal } from "./keep-answers-final.ts";
import { ServerClock } from "./server-clock.ts";

/** The clients that the deployer and the release engine use, by service. */
interface Clients {
  apigatewayv2: ApiGatewayV2Client;
  cloudformation: CloudFormationClient;
  cloudwatch: CloudWatchClient;
  dynamodb: DynamoDBClient;
  eventbridge: EventBridgeClient;
  iam: IAMClient;
  kinesis: KinesisClient;
  logs: CloudWatchLogsClient;
  lambda: LambdaClient;
  s3: S3Client;
  secretsmanager: SecretsManagerClient;
  sfn: SFNClient;
  sns: SNSClient;
  sqs: SQSClient;
  ssm: SSMClient;
  sts: STSClient;
}

/** A service that is called. */
export type ServiceName = keyof Clients;

/** The client of a service. */
export type ServiceClient<N extends ServiceName> = Clients[N];

/** Where and as whom AWS is called. */
export interface AwsOptions {
  readonly region: string;
  /** The endpoint's URL; AWS's own by default, or what `AWS_ENDPOINT_URL` says. */
  readonly endpoint?: string;
  /** A profile of the shared configuration. */
  readonly profile?: string;
  /** @default - the SDK's usual chain */
  readonly credentials?: AwsCredentialIdentity | AwsCredentialIdentityProvider;
}

/**
 * How long a connection is idle before TCP probes keep it open. A NAT gateway drops a connection that is idle for 350
 * seconds, and a hook that is invoked synchronously may take 15 minutes. The SDK sets probes up three seconds after the
 * start of the request, with the agent's delay.
 * https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-troubleshooting.html
 */
const KEPT_ALIVE = { keepAlive: true, keepAliveMsecs: 60_000 };

type Loaders = { [N in keyof Clients]: (configuration: object) => Promise<Clients[N]> };

const LOADERS: Loaders = {
  apigatewayv2: async (c) => new (await import("@aws-sdk/client-apigatewayv2")).ApiGatewayV2Client(c),
  cloudformation: async (c) => new (await import("@aws-sdk/client-cloudformation")).CloudFormationClient(c),
  cloudwatch: async (c) => new (await import("@aws-sdk/client-cloudwatch")).CloudWatchClient(c),
  dynamodb: async (c) => new (await import("@aws-sdk/client-dynamodb")).DynamoDBClient(c),
  eventbridge: async (c) => new (await import("@aws-sdk/client-eventbridge")).EventBridgeClient(c),
  iam: async (c) => new (await import("@aws-sdk/client-iam")).IAMClient(c),
  kinesis: async (c) => new (await import("@aws-sdk/client-kinesis")).KinesisClient(c),
  logs: async (c) => new (await import("@aws-sdk/client-cloudwatch-logs")).CloudWatchLogsClient(c),
  lambda: async (c) => new (await import("@aws-sdk/client-lambda")).LambdaClient(c),
  s3: async (c) => new (await import("@aws-sdk/client-s3")).S3Client({ ...c, forcePathStyle: true }),
  secretsmanager: async (c) => new (await import("@aws-sdk/client-secrets-manager")).SecretsManagerClient(c),
  sfn: async (c) => new (await import("@aws-sdk/client-sfn")).SFNClient(c),
  sns: async (c) => new (await import("@aws-sdk/client-sns")).SNSClient(c),
  sqs: async (c) => new (await import("@aws-sdk/client-sqs")).SQSClient(c),
  ssm: async (c) => new (await import("@aws-sdk/client-ssm")).SSMClient(c),
  sts: async (c) => new (await import("@aws-sdk/client-sts")).STSClient(c),
};

/** One connection to an AWS endpoint: clients made on first use, and the endpoint's time. */
export class Aws {
  readonly options: AwsOptions;
  readonly clock: ServerClock;
  readonly #clients = new Map<keyof Clients, Promise<Clients[keyof Clients]>>();
  readonly #regions = new Map<string, Aws>();
  /** Clients whose credentials became unusable. Calls that are under way may still use them. */
  readonly #replaced: Promise<Clients[keyof Clients]>[] = [];
  /** Connections that were made from this one, and are closed with it. */
  readonly #derived: Aws[] = [];

  constructor(options: AwsOptions, clock: ServerClock = new ServerClock()) {
    this.options = options;
    this.clock = clock;
  }

  /** Whether the endpoint is a cloud on this machine, which has none of AWS's quotas for calls. */
  get isLocal(): boolean {
    return isLoopback(this.options.endpoint);
  }

  /** The client of a service, loaded and made on first use. */
  client<N extends keyof Clients>(service: N): Promise<Clients[N]> {
    let client = this.#clients.get(service);
    if (client === undefined) {
      client = this.#make(service);
      this.#clients.set(service, client);
    }
    return client as Promise<Clients[N]>;
  }

  /** The same endpoint and clock with other credentials. */
  withCredentials(credentials: AwsOptions["credentials"]): Aws {
    return this.#derive({ ...this.options, credentials });
  }

  /** The same endpoint's address in another region. */
  inRegion(region: string): Aws {
    if (region === this.options.region) return this;
    const known = this.#regions.get(region) ?? this.#derive({ ...this.options, region });
    this.#regions.set(region, known);
    return known;
  }

  /** Closes every connection that is kept open, those of other regions and roles too. */
  async close(): Promise<void> {
    const clients = [...this.#clients.values(), ...this.#replaced];
    this.#clients.clear();
    this.#replaced.length = 0;
    const opened = await Promise.allSettled(clients);
    for (const one of opened) if (one.status === "fulfilled") one.value.destroy();
    await Promise.all(this.#derived.map((one) => one.close()));
  }

  #replace(service: keyof Clients): void {
    const client = this.#clients.get(service);
    if (client === undefined) return;
    this.#clients.delete(service);
    this.#replaced.push(client);
  }

  #derive(options: AwsOptions): Aws {
    const derived = new Aws(options, this.clock);
    this.#derived.push(derived);
    return derived;
  }

  async #make(service: keyof Clients): Promise<Clients[keyof Clients]> {
    const { region, endpoint, profile, credentials } = this.options;
    const client = await LOADERS[service]({
      region,
      maxAttempts: 5,
      retryMode: "standard",
      requestHandler: { httpAgent: KEPT_ALIVE, httpsAgent: KEPT_ALIVE },
      ...(endpoint === undefined ? {} : { endpoint }),
      ...(profile === undefined ? {} : { profile }),
      ...(credentials === undefined ? {} : { credentials }),
    });
    // All clients have the same stack; the union of their types has no common `add`.
    const { middlewareStack } = client as LambdaClient;
    watchDates(middlewareStack, this.clock);
    keepAnswersFinal({ middlewareStack });
    const place = { service, endpoint: endpoint ?? `AWS in ${region}`, ...(profile === undefined ? {} : { profile }) };
    // The next client reads its credentials afresh: the user may have renewed them meanwhile.
    explainCalls({ middlewareStack }, place, () => this.#replace(service));
    return client;
  }
}

function watchDates(middlewareStack: LambdaClient["middlewareStack"], clock: ServerClock): void {
  middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const headers = (result.response as { headers?: Record<string, string> } | undefined)?.headers;
      clock.observe(headers?.["date"]);
      return result;
    },
    { step: "deserialize", name: "tidegateServerClock", priority: "low" },
  );
}

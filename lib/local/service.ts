import type { IncomingMessage, ServerResponse } from "node:http";
import type { Permission } from "../iam/permissions/permission.ts";
import type { Checked } from "./kit/checked.ts";
import type { ActingFor } from "./policy/caller.ts";
import type { Clock } from "./state/clock.ts";
import type { BlobStore } from "./state/blobs.ts";
import type { Store } from "./state/store.ts";

/** The SDK clients whose schemas and types the carried services follow, by the client's name. Types only. */
export interface SdkClients {
  lambda: typeof import("@aws-sdk/client-lambda");
  cloudformation: typeof import("@aws-sdk/client-cloudformation");
  s3: typeof import("@aws-sdk/client-s3");
  dynamodb: typeof import("@aws-sdk/client-dynamodb");
  "dynamodb-streams": typeof import("@aws-sdk/client-dynamodb-streams");
  sts: typeof import("@aws-sdk/client-sts");
  sqs: typeof import("@aws-sdk/client-sqs");
  sfn: typeof import("@aws-sdk/client-sfn");
  eventbridge: typeof import("@aws-sdk/client-eventbridge");
  "secrets-manager": typeof import("@aws-sdk/client-secrets-manager");
  ssm: typeof import("@aws-sdk/client-ssm");
  iam: typeof import("@aws-sdk/client-iam");
  "cloudwatch-logs": typeof import("@aws-sdk/client-cloudwatch-logs");
  cloudwatch: typeof import("@aws-sdk/client-cloudwatch");
  apigatewayv2: typeof import("@aws-sdk/client-apigatewayv2");
  sns: typeof import("@aws-sdk/client-sns");
  scheduler: typeof import("@aws-sdk/client-scheduler");
  kinesis: typeof import("@aws-sdk/client-kinesis");
}

/** The name of a carried service: its SDK client's name without `@aws-sdk/client-`. */
export type ServiceName = keyof SdkClients;

type CommandIo<C> = C extends abstract new (...args: never) => {
  input: infer I;
  resolveMiddleware(...args: never): (args: never) => Promise<{ output: infer O }>;
}
  ? { input: Checked<I>; output: Checked<Omit<O, "$metadata">> }
  : never;

type Commands<S> = {
  [K in keyof S as K extends `${infer N}Command` ? (N extends "$" ? never : N) : never]: CommandIo<S[K]>;
};

/** The operations of a service by AWS's exact names, with their input and output as the SDK types them. */
export type OperationsOf<N extends ServiceName> = Commands<SdkClients[N]>;

/** Who calls, where, and under which request id. */
export interface RequestContext {
  readonly account: string;
  readonly region: string;
  readonly requestId: string;
  /** The caller's access key, where the call came over the wire signed. */
  readonly accessKeyId?: string;
  /** The HTTP request behind the call, where there is one (headers, remote address). */
  readonly http?: IncomingMessage;
  /** AWS's words for the parts of the request that policies do not allow, by their places. @default - none */
  readonly refusedParts?: ReadonlyMap<number, string>;
  /** Aborted when the function is done with what an event source receives for it; only in calls of event sources. */
  readonly work?: AbortSignal;
}

/** What a service says about a call that it makes of another. */
export interface CallContext extends Partial<RequestContext> {
  /** For whom the call is made, where that is not the service itself behind the scenes: it must be allowed to. */
  readonly as?: ActingFor;
}

/** One operation: AWS's input in, AWS's output out, `AwsError` for AWS's refusals. */
export type OperationHandler<Io> = Io extends { input: infer I; output: infer O }
  ? (input: I, context: RequestContext) => Promise<O> | O
  : never;

/** What a service answers. An operation that is left out answers 501 and names itself. */
export type Operations<N extends ServiceName> = {
  [K in keyof OperationsOf<N>]?: OperationHandler<OperationsOf<N>[K]>;
};

/** A plain HTTP surface of a service beside its API: an invoke URL, a function URL. */
export interface HttpRoute {
  /** The surface is a user's own API: web pages may call it, and its own CORS decides. Others are closed to pages. */
  readonly isUserApi?: boolean;
  /** Whether the request is this route's, by host (lower case, with port) and path. */
  matches(request: { readonly method: string; readonly host: string; readonly path: string }): boolean;
  handle(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void>;
  /** A WebSocket upgrade, where the route takes one. */
  upgrade?(request: IncomingMessage, socket: import("node:stream").Duplex, head: Buffer): void;
}

/** A service of the local cloud. */
export interface LocalService<N extends ServiceName = ServiceName> {
  readonly name: N;
  readonly operations: Operations<N>;
  readonly routes?: readonly HttpRoute[];
  /**
   * The CORS headers with which a web page may call the service's own API, where the user's settings let it (a
   * bucket's CORS configuration); undefined where they do not.
   */
  corsHeaders?(request: IncomingMessage, url: URL): Record<string, string> | undefined;
  /** The ARN of the resource that an input means, where its names do not say it: a shard iterator, a role's path. */
  resourceArn?(
    operation: string,
    input: Readonly<Record<string, unknown>>,
    context: RequestContext,
  ): string | undefined;
  /** The text of the policy that a resource of the service has; undefined where it has none. */
  resourcePolicy?(arn: string): string | undefined;
  /** Called once, when the cloud's address is known; picks up work that was under way when it was stopped or killed. */
  start?(): Promise<void> | void;
  /** Ends everything that the service started: timers, pollers, child processes. */
  stop?(): Promise<void> | void;
}

/** A request to what a user serves: a route of an API, a function's URL. */
export interface Visit {
  readonly service: ServiceName;
  /** The key that signed the request. @default - an anonymous caller */
  readonly accessKeyId?: string | undefined;
  /** What the caller must be allowed, all of it. */
  readonly permissions: readonly Permission[];
  readonly region: string;
  /** The policy of the resource, its text. @default - the resource has none */
  readonly policy?: string | undefined;
}

/** Who made a request to what a user serves. */
export interface Visitor {
  /** A session's, a user's or the root's ARN. */
  readonly arn: string;
  /** For example `AROA…:session`. */
  readonly userId: string;
}

/** A message that a queue has taken: sent to it, moved to it, or kept as a dead letter. */
export interface QueuedMessage {
  readonly queueArn: string;
  readonly messageId: string;
  readonly body: string;
  /** Names and text values of its message attributes; of binary ones, the base64 form. */
  readonly attributes: Readonly<Record<string, string>>;
  /** Of a FIFO queue's message, and where a standard queue's has one. */
  readonly groupId?: string;
  /** Milliseconds since the epoch, in the cloud's time. */
  readonly sentMs: number;
}

/** What the cloud gives its services. */
export interface Cloud {
  /** Twelve digits. */
  readonly account: string;
  readonly partition: "aws";
  readonly clock: Clock;
  readonly store: Store;
  /** Object bodies and code packages, as files named by hash. */
  readonly blobs: BlobStore;
  /** The cloud's base URL without a trailing slash, for example `http://127.0.0.1:4747`. Known from `start()` on. */
  readonly endpoint: string;
  /** A folder of the cloud's own for unpacked code and other files that can be made again. */
  readonly scratchFolder: string;
  /**
   * Calls another service, in the process, as AWS's services do internally. Input and output are the SDK's. The other
   * service is loaded on its first call.
   */
  call<N extends ServiceName, K extends keyof OperationsOf<N> & string>(
    service: N,
    operation: K,
    input: OperationsOf<N>[K] extends { input: infer I } ? I : never,
    context?: CallContext,
  ): Promise<OperationsOf<N>[K] extends { output: infer O } ? O : never>;
  /** Why policies would not let a principal make a call, in AWS's words; undefined where they would. */
  findDenial<N extends ServiceName>(
    service: N,
    operation: keyof OperationsOf<N> & string,
    input: object,
    context: CallContext & Required<Pick<CallContext, "as">>,
  ): Promise<string | undefined>;
  /** The same for a single action, such as one of a service that is not carried. */
  findMissingPermission(
    permission: { readonly action: string; readonly resource: string },
    context: { readonly region: string; readonly as: ActingFor },
  ): string | undefined;
  /** Lets a request to what a user serves in by its caller's policies; undefined where they refuse it. */
  admit(visit: Visit): Visitor | undefined;
  /** Receives each message that a queue takes, as a test needs it. @default - nothing is recorded */
  readonly onQueued?: (message: QueuedMessage) => void;
  /** Writes a line to the cloud's own log. */
  log(line: string): void;
}

/** Creates a service. It must not touch the network or start work before `start()`. */
export type ServiceFactory<N extends ServiceName = ServiceName> = (cloud: Cloud) => LocalService<N>;

import type { Duration, RemovalPolicy } from "aws-cdk-lib";
import type { IRole } from "aws-cdk-lib/aws-iam";
import type {
  Architecture,
  Code,
  EventInvokeConfigOptions,
  FunctionProps as LambdaFunctionProps,
  IDestination,
  IEventSource,
  ILayerVersion,
  LoggingFormat,
  Runtime,
  Tracing,
} from "aws-cdk-lib/aws-lambda";
import type { RetentionDays } from "aws-cdk-lib/aws-logs";
import type { BundlingOptions } from "./bundling-options.ts";
import type { PropNames, SharedProps } from "./known-props.ts";

/** Props that `Function` of aws-cdk-lib has, with the same meaning, and that are handed on to it as they are. */
export const SHARED_FUNCTION_PROPS = [
  "adotInstrumentation",
  "allowAllIpv6Outbound",
  "allowAllOutbound",
  "allowPublicSubnet",
  "applicationLogLevelV2",
  "architecture",
  "codeSigningConfig",
  "deadLetterQueue",
  "deadLetterQueueEnabled",
  "deadLetterTopic",
  "description",
  "durableConfig",
  "environmentEncryption",
  "ephemeralStorageSize",
  "filesystem",
  "functionName",
  "initialPolicy",
  "insightsVersion",
  "ipv6AllowedForDualStack",
  "logGroup",
  "loggingFormat",
  "memorySize",
  "paramsAndSecrets",
  "profiling",
  "profilingGroup",
  "recursiveLoop",
  "reservedConcurrentExecutions",
  "role",
  "runtime",
  "runtimeManagementMode",
  "securityGroups",
  "snapStart",
  "systemLogLevelV2",
  "tenancyConfig",
  "timeout",
  "vpc",
  "vpcSubnets",
] as const satisfies readonly (keyof LambdaFunctionProps)[];

/** Settings of asynchronous invocations: they belong to the alias. */
export const ASYNC_INVOKE_PROPS = [
  "maxEventAge",
  "onFailure",
  "onSuccess",
  "retryAttempts",
] as const satisfies readonly (keyof EventInvokeConfigOptions)[];

type SharedFunctionProps = SharedProps<Partial<LambdaFunctionProps>, typeof SHARED_FUNCTION_PROPS>;

/**
 * Properties of a function, its version and its alias. What is not described here is as in aws-cdk-lib's `Function`.
 */
export interface FunctionProps extends SharedFunctionProps {
  /**
   * File with the handler, relative to the project's folder (that of `cdk.json`), with or without its extension. It is
   * bundled with everything that it imports.
   * @default - `code` is given
   */
  readonly entry?: string;
  /**
   * With `entry`: the name of the export that Lambda calls. With `code`: what the runtime takes as a handler.
   * @default "handler"
   */
  readonly handler?: string;
  /**
   * Ready-made code: a folder, an archive, an object in S3. For runtimes other than Node.js.
   * @default - `entry` is bundled
   */
  readonly code?: Code;
  /**
   * How `entry` is bundled.
   * @default - an ES module, minified, with a source map, the AWS SDK included
   */
  readonly bundling?: BundlingOptions;
  /** @default Runtime.NODEJS_24_X */
  readonly runtime?: Runtime;
  /** @default Architecture.ARM_64 */
  readonly architecture?: Architecture;
  /**
   * Memory in MiB; CPU time grows with it. 128 to 10,240.
   * @default 256
   */
  readonly memorySize?: number;
  /**
   * How long one invocation may take. 1 second to 15 minutes.
   * @default Duration.seconds(10)
   */
  readonly timeout?: Duration;
  /**
   * Environment variables: 4,096 bytes over all names and values.
   * @default - only what source maps need
   */
  readonly environment?: Readonly<Record<string, string>>;
  /**
   * Layers, five at most.
   * @default - none
   */
  readonly layers?: readonly ILayerVersion[];
  /**
   * Execution role. Versions with different roles cannot share an alias: a change of role needs an all-at-once release.
   * @default - a role of the function's own that may write its log, and what is granted
   */
  readonly role?: IRole;
  /**
   * Whether traces are sent to X-Ray.
   * @default Tracing.ACTIVE
   */
  readonly tracing?: Tracing;
  /**
   * How long the function's log is kept. Not with `logGroup`.
   * @default RetentionDays.ONE_MONTH
   */
  readonly logRetention?: RetentionDays;
  /**
   * What happens to the function's log group when it is removed from the stack. Not with `logGroup`.
   * @default - retained in a protected stage and where the stage is not known, destroyed otherwise
   */
  readonly logRemovalPolicy?: RemovalPolicy;
  /** @default LoggingFormat.JSON */
  readonly loggingFormat?: LoggingFormat;
  /**
   * Event sources that invoke the alias.
   * @default - none
   */
  readonly events?: readonly IEventSource[];
  /**
   * How long an asynchronous invocation of the alias is retried. 1 minute to 6 hours.
   * @default Duration.hours(6)
   */
  readonly maxEventAge?: Duration;
  /**
   * How often an asynchronous invocation of the alias is retried. 0 to 2.
   * @default 2
   */
  readonly retryAttempts?: number;
  /**
   * Where events go that an asynchronous invocation of the alias failed for.
   * @default - nowhere, or the dead-letter queue of a topic, rule, bucket or schedule that invokes the function
   */
  readonly onFailure?: IDestination;
  /**
   * Where the results of asynchronous invocations of the alias go.
   * @default - nowhere
   */
  readonly onSuccess?: IDestination;
  /**
   * Name of the alias that triggers, grants and metrics refer to.
   * @default "live"
   */
  readonly aliasName?: string;
  /**
   * The alias's description. A change of it publishes no version.
   * @default - none
   */
  readonly aliasDescription?: string;
  /**
   * Execution environments that each published version keeps ready. They belong to the version because an alias that
   * splits its traffic can have none. A release waits until they are ready.
   * @default - none
   */
  readonly provisionedConcurrentExecutions?: number;
  /**
   * How the function takes part in a gradual release: `policy` shifts its traffic with the app's rollout, `all-at-once`
   * moves it with the promotion.
   * @default "policy"
   */
  readonly shift?: "policy" | "all-at-once";
  /**
   * Reports the status class and the latency of each request by version, as embedded metrics in the function's log: a
   * release finds a version that answers 500. True reports them for `entry` whether routes are known or not.
   * @default - on for an `entry` that an HTTP, REST or WebSocket API, a load balancer or a function URL calls
   */
  readonly outcomeMetrics?: boolean;
  /**
   * One call of each new version, made before any traffic moves: the release is stopped when it throws, times out, or
   * answers with a status of 500 or above. The event is plain JSON and must be safe to send in every stage.
   * @default - no smoke test
   */
  readonly smokeTest?: { readonly event: unknown };
}

const OWN_FUNCTION_PROPS: PropNames<Omit<FunctionProps, keyof SharedFunctionProps>> = {
  aliasDescription: true,
  aliasName: true,
  bundling: true,
  code: true,
  entry: true,
  environment: true,
  events: true,
  handler: true,
  layers: true,
  logRemovalPolicy: true,
  logRetention: true,
  maxEventAge: true,
  onFailure: true,
  onSuccess: true,
  outcomeMetrics: true,
  provisionedConcurrentExecutions: true,
  retryAttempts: true,
  shift: true,
  smokeTest: true,
  tracing: true,
};

/** The names of a function's props. */
export const FUNCTION_PROPS: readonly string[] = [...SHARED_FUNCTION_PROPS, ...Object.keys(OWN_FUNCTION_PROPS)];

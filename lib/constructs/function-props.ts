import type { Duration } from "aws-cdk-lib";
import type { IRole } from "aws-cdk-lib/aws-iam";
import type { Architecture, Code, FunctionOptions, ILayerVersion, Runtime } from "aws-cdk-lib/aws-lambda";
import type { RetentionDays } from "aws-cdk-lib/aws-logs";
import type { EventInvokeConfigOptions } from "aws-cdk-lib/aws-lambda";
import type { BundlingOptions } from "./bundling-options.ts";

/** Options of `lambda.Function` that mean the same here. */
type SharedOptions =
  | "allowAllOutbound"
  | "allowPublicSubnet"
  | "codeSigningConfig"
  | "deadLetterQueue"
  | "deadLetterTopic"
  | "description"
  | "environmentEncryption"
  | "ephemeralStorageSize"
  | "filesystem"
  | "functionName"
  | "initialPolicy"
  | "reservedConcurrentExecutions"
  | "runtimeManagementMode"
  | "securityGroups"
  | "vpc"
  | "vpcSubnets";

/** Properties of a function, its version and its alias. */
export interface FunctionProps extends Pick<FunctionOptions, SharedOptions> {
  /**
   * File that holds the handler, relative to the project's folder (where `cdk.json` lies), with or without its
   * extension. It is packaged with all that it imports.
   * @default - `code` is given
   */
  readonly entry?: string;
  /**
   * With `entry`: the name of the export that Lambda calls. With `code`: what the runtime takes for a handler.
   * @default "handler"
   */
  readonly handler?: string;
  /**
   * Ready-made code: a folder, an archive, an object in S3. For other runtimes than Node.js.
   * @default - `entry` is packaged
   */
  readonly code?: Code;
  /**
   * How `entry` is packaged.
   * @default - an ES module, minified, with a source map, the SDK put in
   */
  readonly bundling?: BundlingOptions;
  /** @default Runtime.NODEJS_24_X */
  readonly runtime?: Runtime;
  /** @default Architecture.ARM_64 */
  readonly architecture?: Architecture;
  /**
   * Memory in MiB; processor time grows with it. 128 to 10,240.
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
   * Execution role. Versions with different roles cannot share an alias: changing it needs a release all at once.
   * @default - a role of the function's own that may write its log, and what is granted
   */
  readonly role?: IRole;
  /**
   * Sends traces to X-Ray.
   * @default true
   */
  readonly tracing?: boolean;
  /**
   * How long the function's log is kept.
   * @default RetentionDays.ONE_MONTH
   */
  readonly logRetention?: RetentionDays;
  /**
   * Name of the alias that everything hangs on.
   * @default "live"
   */
  readonly aliasName?: string;
  /**
   * What the alias's description says. No new version comes of changing it.
   * @default - none
   */
  readonly aliasDescription?: string;
  /**
   * Execution environments kept ready for each published version. They belong to the version, not to the alias,
   * because an alias with weights can have none; a release waits until they are ready.
   * @default - none
   */
  readonly provisionedConcurrency?: number;
  /**
   * Retries, maximum age and destinations of asynchronous invocations.
   * @default - Lambda's own: two retries within six hours, no destination
   */
  readonly asyncInvoke?: EventInvokeConfigOptions;
  /**
   * How the function takes part in a gradual release: `policy` shifts with the app's rollout, `all-at-once` moves
   * with the promotion.
   * @default "policy"
   */
  readonly shift?: "policy" | "all-at-once";
  /**
   * One call of each new version, made before any traffic moves: the release is stopped when it throws, times out, or
   * answers with a status of 500 or above. The event is plain JSON and must be safe to send in every stage.
   * @default - no smoke test
   */
  readonly smokeTest?: { readonly event: unknown };
}

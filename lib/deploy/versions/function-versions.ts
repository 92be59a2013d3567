import { setTimeout } from "node:timers/promises";
import {
  type FunctionConfiguration,
  GetFunctionCommand,
  PublishVersionCommand,
  UpdateFunctionCodeCommand,
  type UpdateFunctionCodeCommandInput,
} from "@aws-sdk/client-lambda";
import type { Aws } from "../../aws/aws.ts";
import { hasRemoteCode } from "../../aws/remote-error.ts";
import { RemoteError } from "../../errors.ts";
import { ControlPlane } from "../../release/engine.ts";
import { poll } from "../../util/poll.ts";
import { definedContent, type VersionContent, type VersionedResource, type VersionReader } from "./version-content.ts";

const PACE = { firstMs: 50, maxMs: 2_000 };
/** The first look at new code comes after this share of the time that the code before it took, and of this at most. */
const EARLY = 0.7;
const MOST_WAIT_MS = 1_000;
/** A small package is ready within milliseconds on the local cloud. */
const CODE_PACE = { firstMs: 4, maxMs: 1_000 };

/**
 * Versions of Lambda functions. They are read by `GetFunction`, which has a quota of its own of 100 calls a second;
 * `GetFunctionConfiguration` shares the 15 calls a second that moving aliases needs, as publishing does.
 * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
export class FunctionVersions implements VersionReader {
  readonly #aws: Aws;
  /** How long new code took to be ready the last time, in milliseconds of the machine. */
  #usualMs = 0;

  constructor(aws: Aws) {
    this.#aws = aws;
  }

  async read({ name }: VersionedResource, version: string | undefined): Promise<VersionContent> {
    return contentOf(await this.#describe(name, version));
  }

  async publish({ name }: VersionedResource, signal: AbortSignal): Promise<string> {
    const latest = await poll(() => this.#updated(name), PACE, signal);
    const { CodeSha256, RevisionId } = latest;
    const lambda = await ControlPlane.of(this.#aws).client();
    const { Version } = await lambda.send(new PublishVersionCommand({ FunctionName: name, CodeSha256, RevisionId }));
    if (Version === undefined) throw new RemoteError("VersionNotPublished", `Lambda named no version of ${name}`);
    await poll(() => this.#active(name, Version), PACE, signal);
    return Version;
  }

  /** Gives a function other code and publishes it. `ready` resolves when the version can be called. */
  async publishCode(
    { name }: VersionedResource,
    zip: Uint8Array,
    signal: AbortSignal,
  ): Promise<{ readonly version: string; readonly ready: Promise<void> }> {
    const input = { FunctionName: name, ZipFile: zip, Publish: true };
    const { Version } = await poll(() => this.#updateCode(input), CODE_PACE, signal);
    if (Version === undefined) throw new RemoteError("VersionNotPublished", `Lambda named no version of ${name}`);
    return { version: Version, ready: this.#ready(name, Version, signal) };
  }

  /** Looks for the first time shortly before the version is usually ready: a look costs the time of a call. */
  async #ready(name: string, version: string, signal: AbortSignal): Promise<void> {
    const startedMs = performance.now();
    await setTimeout(this.#usualMs * EARLY, undefined, { signal });
    await poll(() => this.#active(name, version), CODE_PACE, signal);
    this.#usualMs = Math.min(MOST_WAIT_MS, performance.now() - startedMs);
  }

  /** The hash of the code of a version, or of what is not published. Undefined where the version was deleted. */
  async codeHash(name: string, version?: string): Promise<string | undefined> {
    try {
      return (await this.#describe(name, version)).CodeSha256;
    } catch (error) {
      if (hasRemoteCode(error, "ResourceNotFoundException")) return undefined;
      throw error;
    }
  }

  /** Gives a function the code of one of its versions again, and publishes nothing. */
  async restoreCode({ name }: VersionedResource, version: string, signal: AbortSignal): Promise<void> {
    const lambda = await this.#aws.client("lambda");
    const { Code } = await lambda.send(new GetFunctionCommand({ FunctionName: name, Qualifier: version }));
    const answer = await fetch(Code?.Location ?? "", { signal });
    if (!answer.ok) throw new RemoteError("CodeUnreadable", `The code of ${name}:${version}: HTTP ${answer.status}`);
    const input = { FunctionName: name, ZipFile: new Uint8Array(await answer.arrayBuffer()) };
    await poll(() => this.#updateCode(input), CODE_PACE, signal);
    await poll(() => this.#updated(name), CODE_PACE, signal);
  }

  /** Undefined while the update before this one is under way. */
  async #updateCode(input: UpdateFunctionCodeCommandInput): Promise<FunctionConfiguration | undefined> {
    const lambda = await ControlPlane.of(this.#aws).client();
    try {
      return await lambda.send(new UpdateFunctionCodeCommand(input));
    } catch (error) {
      if (hasRemoteCode(error, "ResourceConflictException")) return undefined;
      throw error;
    }
  }

  async #describe(FunctionName: string, Qualifier: string | undefined): Promise<FunctionConfiguration> {
    const lambda = await this.#aws.client("lambda");
    const { Configuration = {} } = await lambda.send(new GetFunctionCommand({ FunctionName, Qualifier }));
    return Configuration;
  }

  async #updated(name: string): Promise<FunctionConfiguration | undefined> {
    const found = await this.#describe(name, undefined);
    return found.LastUpdateStatus === "InProgress" || found.State === "Pending" ? undefined : found;
  }

  async #active(name: string, version: string): Promise<true | undefined> {
    const { State, StateReason } = await this.#describe(name, version);
    if (State === "Failed")
      throw new RemoteError("VersionFailed", `Version ${version} of ${name} failed: ${StateReason}`);
    return State === "Pending" ? undefined : true;
  }
}

/**
 * The settings that are part of a version. Left out: what names the version itself, its state, and
 * `RuntimeVersionConfig`, which AWS changes by itself.
 */
function contentOf(found: FunctionConfiguration): VersionContent {
  const { VpcConfig, Layers, Environment, SnapStart, TracingConfig, ImageConfigResponse, ...own } = found;
  return definedContent({
    Architectures: own.Architectures,
    CodeSha256: own.CodeSha256,
    DeadLetterConfig: own.DeadLetterConfig,
    Environment: Environment?.Variables,
    EphemeralStorage: own.EphemeralStorage,
    FileSystemConfigs: own.FileSystemConfigs,
    Handler: own.Handler,
    ImageConfig: ImageConfigResponse?.ImageConfig,
    KMSKeyArn: own.KMSKeyArn,
    Layers: Layers?.map(({ Arn }) => Arn),
    LoggingConfig: own.LoggingConfig,
    MemorySize: own.MemorySize,
    Role: own.Role,
    Runtime: own.Runtime,
    SnapStart: SnapStart?.ApplyOn,
    Timeout: own.Timeout,
    TracingConfig: TracingConfig?.Mode,
    VpcConfig: {
      SecurityGroupIds: VpcConfig?.SecurityGroupIds?.toSorted(),
      SubnetIds: VpcConfig?.SubnetIds?.toSorted(),
    },
  });
}

import { type FunctionConfiguration, GetFunctionCommand, PublishVersionCommand } from "@aws-sdk/client-lambda";
import type { Aws } from "../../aws/aws.ts";
import { RemoteError } from "../../errors.ts";
import { ControlPlane } from "../../release/engine.ts";
import { poll } from "../../util/poll.ts";
import { definedContent, type VersionContent, type VersionedResource, type VersionReader } from "./version-content.ts";

const PACE = { firstMs: 50, maxMs: 2_000 };

/**
 * Versions of Lambda functions. They are read by `GetFunction`, which has a quota of its own of 100 calls a second;
 * `GetFunctionConfiguration` shares the 15 calls a second that moving aliases needs, as publishing does.
 * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
export class FunctionVersions implements VersionReader {
  readonly #aws: Aws;

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

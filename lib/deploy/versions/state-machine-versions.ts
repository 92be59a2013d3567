import { DescribeStateMachineCommand, PublishStateMachineVersionCommand } from "@aws-sdk/client-sfn";
import type { Aws } from "../../aws/aws.ts";
import { RemoteError } from "../../errors.ts";
import { definedContent, type VersionContent, type VersionedResource, type VersionReader } from "./version-content.ts";

/** Versions of Step Functions state machines. A version is its ARN. */
export class StateMachineVersions implements VersionReader {
  readonly #aws: Aws;

  constructor(aws: Aws) {
    this.#aws = aws;
  }

  async read({ name }: VersionedResource, version: string | undefined): Promise<VersionContent> {
    const { definition, roleArn, loggingConfiguration, tracingConfiguration, encryptionConfiguration } =
      await this.#describe(version ?? name);
    return definedContent({ definition, roleArn, loggingConfiguration, tracingConfiguration, encryptionConfiguration });
  }

  /** Publishing a revision that has a version answers that version. */
  async publish({ name }: VersionedResource): Promise<string> {
    const sfn = await this.#aws.client("sfn");
    const { revisionId } = await this.#describe(name);
    const input = { stateMachineArn: name, revisionId };
    const { stateMachineVersionArn } = await sfn.send(new PublishStateMachineVersionCommand(input));
    if (stateMachineVersionArn !== undefined) return stateMachineVersionArn;
    throw new RemoteError("VersionNotPublished", `Step Functions named no version of ${name}`);
  }

  async #describe(stateMachineArn: string) {
    const sfn = await this.#aws.client("sfn");
    return sfn.send(new DescribeStateMachineCommand({ stateMachineArn }));
  }
}

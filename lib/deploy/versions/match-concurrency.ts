import {
  DeleteProvisionedConcurrencyConfigCommand,
  GetProvisionedConcurrencyConfigCommand,
  type LambdaClient,
  PutProvisionedConcurrencyConfigCommand,
} from "@aws-sdk/client-lambda";
import { hasRemoteCode, remoteError } from "../../aws/remote-error.ts";
import { ControlPlane, type StagedMember } from "../../release/engine.ts";
import type { StackView } from "../stack-view.ts";
import { wantedConcurrency } from "./version-mark.ts";

/**
 * Gives each staged version the provisioned concurrency that its template says. CloudFormation gives it to versions that
 * it publishes, and to no other one. The release waits until it is ready.
 */
export async function matchConcurrency(
  { release, desired, target }: Pick<StackView, "release" | "desired" | "target">,
  staged: readonly StagedMember[],
): Promise<void> {
  const { Resources = {} } = desired.template;
  for (const { path, resource, version } of release?.members ?? []) {
    const amount = wantedConcurrency(Resources[resource], Resources[version]);
    const member = staged.find((one) => one.path === path);
    if (amount === undefined || member === undefined) continue;
    const lambda = await ControlPlane.of(target.aws).client();
    try {
      await setConcurrency(lambda, { FunctionName: member.target.name, Qualifier: member.next }, amount);
    } catch (error) {
      const what = `Version ${member.next} of ${path} does not get its provisioned concurrency of ${amount}`;
      throw remoteError("ConcurrencyNotSet", what, error);
    }
  }
}

interface NamedVersion {
  readonly FunctionName: string;
  readonly Qualifier: string;
}

async function setConcurrency(lambda: LambdaClient, version: NamedVersion, amount: number): Promise<void> {
  if ((await readConcurrency(lambda, version)) === amount) return;
  if (amount === 0) await lambda.send(new DeleteProvisionedConcurrencyConfigCommand(version));
  else {
    const input = { ...version, ProvisionedConcurrentExecutions: amount };
    await lambda.send(new PutProvisionedConcurrencyConfigCommand(input));
  }
}

async function readConcurrency(lambda: LambdaClient, version: NamedVersion): Promise<number> {
  try {
    const found = await lambda.send(new GetProvisionedConcurrencyConfigCommand(version));
    return found.RequestedProvisionedConcurrentExecutions ?? 0;
  } catch (error) {
    if (hasRemoteCode(error, "ProvisionedConcurrencyConfigNotFoundException", "ResourceNotFoundException")) return 0;
    throw error;
  }
}

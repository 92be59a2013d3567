import type { StackView } from "./stack-view.ts";
import { GetParameterCommand } from "@aws-sdk/client-ssm";
import { hasRemoteCode, remoteError } from "../aws/remote-error.ts";
import { UserError } from "../errors.ts";
import { assumeRole } from "./target.ts";

type Bootstrapped = Pick<StackView, "stack" | "target">;

/** Makes sure that the CDK's bootstrap is there, and new enough, wherever one of the stacks needs it. */
export async function checkBootstrap(views: readonly Bootstrapped[]): Promise<void> {
  const wanted = new Map<string, { view: Bootstrapped; parameter: string; version: number }>();
  for (const view of views) {
    const { bootstrapParameter: parameter, requiredBootstrapVersion: version = 0 } = view.stack;
    if (parameter === undefined) continue;
    const key = `${view.target.region} ${parameter}`;
    if ((wanted.get(key)?.version ?? -1) < version) wanted.set(key, { view, parameter, version });
  }
  await Promise.all([...wanted.values()].map(checkOne));
}

async function checkOne({
  view,
  parameter,
  version,
}: {
  view: Bootstrapped;
  parameter: string;
  version: number;
}): Promise<void> {
  const { account, region } = view.target;
  const ssm = await (await assumeRole(view.target, view.stack.assumeRoleArn)).client("ssm");
  const fix = `Run \`npx cdk bootstrap aws://${account}/${region}\`.`;
  let found: string | undefined;
  try {
    found = (await ssm.send(new GetParameterCommand({ Name: parameter }))).Parameter?.Value;
  } catch (cause) {
    if (!hasRemoteCode(cause, "ParameterNotFound"))
      throw remoteError("BootstrapUnknown", `The bootstrap version in ${parameter} cannot be read`, cause, fix);
  }
  if (found === undefined) {
    throw new UserError(
      "NotBootstrapped",
      `Account ${account} is not bootstrapped in ${region}: there is no parameter ${parameter}`,
      { fix },
    );
  }
  if (!(Number(found) >= version)) {
    throw new UserError(
      "BootstrapTooOld",
      `The bootstrap of account ${account} in ${region} has version ${found}; ${view.stack.displayName} needs ${version}`,
      { fix },
    );
  }
}

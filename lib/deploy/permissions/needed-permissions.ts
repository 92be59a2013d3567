import { AWS_CALLS, type AwsCall, type CallMaker } from "../../aws/aws-calls.ts";
import { hasResources } from "../../iam/action-table.ts";
import { resourcesOf } from "./call-resources.ts";
import type { PermittedStack } from "./permitted-app.ts";
import type { Grant } from "./policy.ts";

/** Who needs permissions: a person or a CI job that runs the command line, or the app's `ReleaseDriver`. */
export type PermittedMaker = "caller" | "driver";

/** What a role needs to check its own permissions. Optional: without it, nothing is said before a deploy. */
export function selfCheckGrants(roleArn: string): Grant[] {
  return AWS_CALLS.filter(({ on }) => on === "own-identity").flatMap(({ actions, purpose }) =>
    actions.map((action) => ({ action, resources: [roleArn], purpose })),
  );
}

/** What a maker must be allowed for the stacks of an app, by the table of calls. */
export function neededGrants(stacks: readonly PermittedStack[], maker: PermittedMaker, stage: string): Grant[] {
  return stacks.flatMap((stack) =>
    AWS_CALLS.filter((call) => isMadeBy(call, maker, stack))
      .flatMap((call) => grantsOf(call, stack, stage))
      // The driver names no role: CloudFormation keeps using the role of the stack's last update.
      .filter(({ action }) => maker === "caller" || action !== "iam:PassRole"),
  );
}

function grantsOf(call: AwsCall, stack: PermittedStack, stage: string): Grant[] {
  return call.actions.map((action) => ({
    action,
    resources: nameable(action, resourcesOf(call, action, stack, stage)),
    purpose: call.purpose,
    ...(call.isVital && { isVital: true }),
    ...(action === "iam:PassRole" && { condition: PASSED_TO_CLOUDFORMATION }),
  }));
}

/** Some actions are about no resource that a policy could name. */
function nameable(action: string, resources: readonly string[]): readonly string[] {
  return resources.length === 0 || hasResources(action) ? resources : ["*"];
}

const PASSED_TO_CLOUDFORMATION = { StringEquals: { "iam:PassedToService": "cloudformation.amazonaws.com" } };

/** Where a stack names no role of the bootstrap, the caller makes that role's calls itself. */
function isMadeBy({ madeBy }: AwsCall, maker: PermittedMaker, stack: PermittedStack): boolean {
  if (maker === "driver") return madeBy.includes("driver");
  const makers = new Set<CallMaker>(["caller", ...missingRoles(stack)]);
  return madeBy.some((one) => makers.has(one));
}

function missingRoles({ stack }: PermittedStack): CallMaker[] {
  const destinations = stack.assets.flatMap((asset) => asset.destinations);
  const publishesItself = destinations.some(({ assumeRoleArn }) => assumeRoleArn === undefined);
  return [
    ...(stack.assumeRoleArn === undefined ? (["deploy-role"] as const) : []),
    ...(publishesItself ? (["file-publishing-role"] as const) : []),
  ];
}

import type { StackView } from "./stack-view.ts";
import { StartExecutionCommand } from "@aws-sdk/client-sfn";
import type { DriverOrder, DriverStack } from "../assembly/driver-order.ts";
import { remoteError } from "../aws/remote-error.ts";
import { BugError, UserError } from "../errors.ts";
import type { Driver, HandOver, Release } from "../release/engine.ts";
import type { AppStacks, DesiredStack } from "./app-stacks.ts";

/** Why the app needs a driver in the account. */
export type DriverUse = "detach" | "watch";

const USES: Readonly<Record<DriverUse, { readonly leave: string; readonly without: string }>> = {
  detach: { leave: "to leave the release to", without: "deploy without --detach" },
  watch: { leave: "to watch the release after its success", without: "remove `watch` from the Rollout" },
};

/** Refuses a hand-over to a driver that the app has none of, before anything is touched. */
export function refuseWithoutDriver(views: readonly DesiredStack[], use: DriverUse): void {
  const { leave, without } = USES[use];
  const drivers = views.filter(({ release }) => release?.driver !== undefined);
  if (drivers.length === 1) return;
  const found = drivers.map(({ stack }) => stack.displayName).join(", ");
  throw new UserError(
    drivers.length === 0 ? "DriverMissing" : "DriverAmbiguous",
    drivers.length === 0
      ? `There is no driver in the account ${leave}: the app has no ReleaseDriver`
      : `The app has a ReleaseDriver in each of the stacks ${found}; it needs exactly one`,
    {
      fix:
        drivers.length === 0
          ? `Add \`new ReleaseDriver(stack, "Driver")\` to a stack of the app, or ${without}.`
          : "Remove all but one.",
    },
  );
}

/** Starts the driver in the account for a release whose stacks are staged. The same release and fence start one. */
export function handOverToAccount(app: AppStacks, bucket: string): HandOver {
  return async (release, fence): Promise<Driver> => {
    const views = await app.read();
    const holder = `account/${release.id}/${fence}`;
    const name = `${release.id}-${fence}`;
    const { target, stateMachineArn } = findDriver(views);
    const client = await target.aws.client("sfn");
    const input = JSON.stringify(buildOrder(release, holder, bucket, views));
    try {
      await client.send(new StartExecutionCommand({ stateMachineArn, name, input }));
    } catch (error) {
      throw remoteError("DriverNotStarted", `The driver ${stateMachineArn} could not be started`, error);
    }
    return { holder, actor: `the driver in the account (execution ${name})` };
  };
}

function findDriver(views: readonly StackView[]) {
  for (const { release, physicalIds, target, stack } of views) {
    if (release?.driver === undefined) continue;
    const stateMachineArn = physicalIds.get(release.driver.resource);
    if (stateMachineArn !== undefined) return { target, stateMachineArn };
    throw new UserError(
      "DriverNotDeployed",
      `The release cannot be left to the driver in the account: the stack ${stack.stackName} has no ${release.driver.resource}`,
      { fix: "Run `tidegate resume` to continue the release from here, or `tidegate rollback` to take it back." },
    );
  }
  throw new BugError("DriverNotChecked", "The app was not checked for a driver before the hand-over");
}

function buildOrder(release: Release, holder: string, bucket: string, views: readonly StackView[]): DriverOrder {
  const { app, stage, id } = release;
  return { app, stage, release: id, holder, bucket, stacks: views.map(toDriverStack), turns: 0 };
}

/** A stack without members may hold something back for those of another one. */
function toDriverStack({ stack, target, release }: StackView): DriverStack {
  const members = (release?.members ?? []).map(({ path, parameter }) => ({ path, parameter }));
  return { stackName: stack.stackName, region: target.region, members };
}

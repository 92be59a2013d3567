import type { Checked } from "../../../kit/checked.ts";
import type { RollbackConfiguration } from "@aws-sdk/client-cloudformation";
import type { StackRecord } from "../model.ts";
import type { CloudformationParts } from "./service.ts";

/** What a request says about a stack as such, beside its revision. */
export interface StackSettings {
  readonly notificationArns?: string[];
  readonly roleArn?: string;
  readonly disableRollback?: boolean;
  readonly timeoutInMinutes?: number;
  readonly rollbackConfiguration?: Checked<RollbackConfiguration>;
  readonly terminationProtection?: boolean;
  readonly stackPolicy?: string;
  readonly parentId?: string;
  readonly rootId?: string;
}

/** A stack that is not yet kept. */
export function newStack(
  parts: CloudformationParts,
  region: string,
  name: string,
  settings: StackSettings,
): StackRecord {
  return {
    ...parts.store.newIdentity(region, name),
    name,
    region,
    creationTime: parts.cloud.clock.now(),
    status: "CREATE_IN_PROGRESS",
    notificationArns: settings.notificationArns ?? [],
    roleArn: settings.roleArn,
    disableRollback: settings.disableRollback ?? false,
    timeoutInMinutes: settings.timeoutInMinutes,
    rollbackConfiguration: settings.rollbackConfiguration ?? {},
    terminationProtection: settings.terminationProtection ?? false,
    stackPolicy: settings.stackPolicy,
    parentId: settings.parentId,
    rootId: settings.rootId,
    outputs: [],
    imports: [],
  };
}

import { type IConstruct } from "constructs";
import { RemovalPolicy } from "aws-cdk-lib";

/** Context key with the stage that the app is synthesised for. `tidegate` sets it. */
export const STAGE_CONTEXT = "tidegate:stage";
/** Context key of Tidegate's settings in `cdk.json`. */
export const SETTINGS_CONTEXT = "tidegate";

/** The stage that an app is synthesised for, as far as constructs care. */
export interface StageSettings {
  /** Undefined where no stage was named: the app was synthesised without `tidegate`. */
  readonly name: string | undefined;
  /** True where the stage holds data that must not be lost. */
  readonly protected: boolean;
  /** True where people try things out: releases go all at once there. */
  readonly development: boolean;
}

/** Reads the stage from the context. */
export function stageSettings(scope: IConstruct): StageSettings {
  const name = scope.node.tryGetContext(STAGE_CONTEXT) as string | undefined;
  const settings = scope.node.tryGetContext(SETTINGS_CONTEXT) as SettingsContext | undefined;
  const stages = settings?.stages;
  const stage = name !== undefined && stages !== undefined && Object.hasOwn(stages, name) ? stages[name] : undefined;
  const development = stage?.development ?? (name !== undefined && DEVELOPMENT_NAME.test(name));
  return { name, protected: stage?.protected === true, development };
}

/** Stages by these names, alone or before a hyphen (`pr-42`), are for development unless `cdk.json` says otherwise. */
const DEVELOPMENT_NAME = /^(dev|development|sandbox|preview|pr)(-|$)/i;

/**
 * What becomes of data when its resource is removed: kept in a protected stage and where no stage is known,
 * destroyed otherwise.
 */
export function dataRemovalPolicy(scope: IConstruct): RemovalPolicy {
  const stage = stageSettings(scope);
  return stage.name === undefined || stage.protected ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
}

interface SettingsContext {
  readonly app?: string;
  readonly stages?: Record<string, { readonly protected?: boolean; readonly development?: boolean }>;
}

import type { Input } from "../../../kit/operation-types.ts";
import type { LoggingConfig } from "@aws-sdk/client-lambda";
import type { FunctionSettings } from "../records.ts";

/** The settings of a new function, with AWS's defaults. */
export function buildSettings(name: string, input: Input<"lambda", "CreateFunction">): FunctionSettings {
  return {
    Runtime: input.Runtime,
    Role: input.Role,
    Handler: input.Handler,
    Description: input.Description ?? "",
    Timeout: input.Timeout ?? 3,
    MemorySize: input.MemorySize ?? 128,
    PackageType: "Zip",
    Architectures: input.Architectures ?? ["x86_64"],
    EphemeralStorage: input.EphemeralStorage ?? { Size: 512 },
    TracingConfig: input.TracingConfig ?? { Mode: "PassThrough" },
    SnapStart: { ApplyOn: input.SnapStart?.ApplyOn ?? "None", OptimizationStatus: "Off" },
    LoggingConfig: mergeLogging({ LogFormat: "Text", LogGroup: `/aws/lambda/${name}` }, input.LoggingConfig),
    ...optional(input),
  };
}

/** The settings after an update: what it names replaces what was there. */
export function mergeSettings(
  before: FunctionSettings,
  input: Input<"lambda", "UpdateFunctionConfiguration">,
): FunctionSettings {
  const { Runtime, Role, Handler, Description, Timeout, MemorySize, TracingConfig, EphemeralStorage } = input;
  const plain = { Runtime, Role, Handler, Description, Timeout, MemorySize, TracingConfig, EphemeralStorage };
  const merged: FunctionSettings = { ...before, ...withoutUndefined(plain), ...optional(input) };
  if (input.LoggingConfig !== undefined)
    merged.LoggingConfig = mergeLogging(before.LoggingConfig ?? {}, input.LoggingConfig);
  if (input.SnapStart !== undefined) merged.SnapStart = { ApplyOn: input.SnapStart.ApplyOn, OptimizationStatus: "Off" };
  if (merged.DeadLetterConfig?.TargetArn === "") delete merged.DeadLetterConfig;
  if (merged.KMSKeyArn === "") delete merged.KMSKeyArn;
  return merged;
}

/** The settings that a configuration shows only where they were given. */
function optional(
  input: Input<"lambda", "CreateFunction"> | Input<"lambda", "UpdateFunctionConfiguration">,
): Partial<FunctionSettings> {
  const { Environment, DeadLetterConfig, KMSKeyArn, FileSystemConfigs, VpcConfig } = input;
  return withoutUndefined({
    Environment: Environment && { Variables: Environment.Variables ?? {} },
    DeadLetterConfig,
    KMSKeyArn,
    FileSystemConfigs,
    VpcConfig: VpcConfig && {
      SubnetIds: VpcConfig.SubnetIds ?? [],
      SecurityGroupIds: VpcConfig.SecurityGroupIds ?? [],
      Ipv6AllowedForDualStack: VpcConfig.Ipv6AllowedForDualStack ?? false,
      VpcId: (VpcConfig.SubnetIds ?? []).length === 0 ? "" : "vpc-00000000",
    },
  });
}

function mergeLogging(before: LoggingConfig, given: LoggingConfig = {}): LoggingConfig {
  const merged: LoggingConfig = { ...before, ...withoutUndefined(given) };
  if (merged.LogFormat !== "JSON") return { LogFormat: merged.LogFormat, LogGroup: merged.LogGroup };
  return { ApplicationLogLevel: "INFO", SystemLogLevel: "INFO", ...merged };
}

function withoutUndefined<T extends object>(values: T): Partial<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<T>;
}

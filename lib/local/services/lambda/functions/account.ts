import { constraintProblem } from "../../../kit/constraint-text.ts";
import { LARGEST_UNPACKED_BYTES } from "../../../runtime/unpack.ts";
import type { RequestContext } from "../../../service.ts";
import { ACCOUNT_CONCURRENCY } from "../invoke/concurrency-gate.ts";
import type { Input, Lambda, Output } from "../context.ts";
import { keyOf } from "../lambda-state.ts";
import { functionArn, readFunctionRef } from "./names.ts";
import { invalid } from "../errors.ts";

/** 75 GB. */
const TOTAL_CODE_BYTES = 80_530_636_800;
const ZIPPED_CODE_BYTES = 52_428_800;

/** Returns the region's quotas of code and concurrency, and how much is used. */
export function getAccountSettings(
  lambda: Lambda,
  _input: object,
  context: RequestContext,
): Output<"GetAccountSettings"> {
  const prefix = `${context.region}/`;
  const functions = lambda.state.functions.list(prefix).map(([, { latest }]) => latest);
  const versions = lambda.state.versions.list(prefix).map(([, version]) => version);
  const used = [...functions, ...versions].reduce((sum, { codeSizeBytes }) => sum + codeSizeBytes, 0);
  return {
    AccountLimit: {
      TotalCodeSize: TOTAL_CODE_BYTES,
      CodeSizeUnzipped: LARGEST_UNPACKED_BYTES,
      CodeSizeZipped: ZIPPED_CODE_BYTES,
      ConcurrentExecutions: ACCOUNT_CONCURRENCY,
      UnreservedConcurrentExecutions: lambda.gate.unreservedLimit(context.region),
    },
    AccountUsage: { TotalCodeSize: used, FunctionCount: functions.length },
  };
}

/** Functions here are never signed. */
export function getFunctionCodeSigningConfig(
  lambda: Lambda,
  input: Input<"GetFunctionCodeSigningConfig">,
  context: RequestContext,
): Output<"GetFunctionCodeSigningConfig"> {
  const ref = readFunctionRef(input.FunctionName, undefined, context);
  lambda.state.function(ref);
  return { CodeSigningConfigArn: "", FunctionName: ref.name };
}

/** Whether Lambda stops a function that calls itself in a loop. */
export function getFunctionRecursionConfig(
  lambda: Lambda,
  input: Input<"GetFunctionRecursionConfig">,
  context: RequestContext,
): Output<"GetFunctionRecursionConfig"> {
  const record = lambda.state.function(readFunctionRef(input.FunctionName, undefined, context));
  return { RecursiveLoop: record.recursiveLoop ?? "Terminate" };
}

/** Sets whether Lambda stops a function that calls itself in a loop. */
export function putFunctionRecursionConfig(
  lambda: Lambda,
  input: Input<"PutFunctionRecursionConfig">,
  context: RequestContext,
): Output<"PutFunctionRecursionConfig"> {
  const ref = readFunctionRef(input.FunctionName, undefined, context);
  const { RecursiveLoop: recursiveLoop } = input;
  if (recursiveLoop !== "Allow" && recursiveLoop !== "Terminate")
    throw invalid([
      constraintProblem(
        String(recursiveLoop),
        "recursiveLoop",
        "Member must satisfy enum value set: [Terminate, Allow]",
      ),
    ]);
  lambda.state.functions.put(keyOf(ref), { ...lambda.state.function(ref), recursiveLoop });
  return { RecursiveLoop: recursiveLoop };
}

/** The runtime is always the Node that runs the cloud; the requested configuration is stored. */
export function putRuntimeManagementConfig(
  lambda: Lambda,
  input: Input<"PutRuntimeManagementConfig">,
  context: RequestContext,
): Output<"PutRuntimeManagementConfig"> {
  const ref = readFunctionRef(input.FunctionName, input.Qualifier, context);
  const record = lambda.state.version(ref);
  const { UpdateRuntimeOn, RuntimeVersionArn } = input;
  lambda.state.putVersion(ref, { ...record, runtimeManagement: { UpdateRuntimeOn, RuntimeVersionArn } });
  return { FunctionArn: functionArn(ref, record.version), UpdateRuntimeOn, RuntimeVersionArn };
}

/** Returns how a version's runtime is updated. */
export function getRuntimeManagementConfig(
  lambda: Lambda,
  input: Input<"GetRuntimeManagementConfig">,
  context: RequestContext,
): Output<"GetRuntimeManagementConfig"> {
  const ref = readFunctionRef(input.FunctionName, input.Qualifier, context);
  const record = lambda.state.version(ref);
  return { FunctionArn: functionArn(ref, record.version), UpdateRuntimeOn: "Auto", ...record.runtimeManagement };
}

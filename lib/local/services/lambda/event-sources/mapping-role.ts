import { AwsError, isAwsError } from "../../../aws-error.ts";
import type { ActingFor } from "../../../policy/caller.ts";
import type { Cloud } from "../../../service.ts";
import { readFunctionRef } from "../functions/names.ts";
import { actingRole } from "../functions/require-role.ts";
import type { LambdaState } from "../lambda-state.ts";
import type { MappingRecord } from "../records.ts";

/** What is needed of Lambda. */
interface Keeper {
  readonly cloud: Cloud;
  readonly state: LambdaState;
}

/** The function's role, in which a mapping reads its source; undefined where the function is gone. */
function mappingRole(
  lambda: Keeper,
  { functionName, region }: Pick<MappingRecord, "functionName" | "region">,
): ActingFor | undefined {
  const context = { region, account: lambda.cloud.account, requestId: "" };
  try {
    const ref = readFunctionRef(functionName, undefined, context);
    return actingRole(lambda.state.version(ref).settings, ref.name);
  } catch (error) {
    if (isAwsError(error)) return undefined;
    throw error;
  }
}

/** What makes a call one of the function's role. */
export function inRole(lambda: Keeper, mapping: Pick<MappingRecord, "functionName" | "region">): { as?: ActingFor } {
  const as = mappingRole(lambda, mapping);
  return as === undefined ? {} : { as };
}

/** Throws where the role may not describe a Kinesis stream: AWS requires this of a mapping, even where the shards are listed by another call. */
export async function requireStream(
  lambda: Keeper,
  mapping: MappingRecord,
  input: { StreamARN: string },
): Promise<void> {
  const as = mappingRole(lambda, mapping);
  const region = mapping.region;
  const denial = as && (await lambda.cloud.findDenial("kinesis", "DescribeStream", input, { region, as }));
  if (denial !== undefined) throw new AwsError("AccessDeniedException", denial);
}

/** Keeps how the mapping's last attempt went, in the words of `LastProcessingResult`. */
export function noteResult(lambda: Keeper, uuid: string, lastResult: string): void {
  const record = lambda.state.mappings.get(uuid);
  if (record !== undefined && record.lastResult !== lastResult)
    lambda.state.mappings.put(record.uuid, { ...record, lastResult });
}

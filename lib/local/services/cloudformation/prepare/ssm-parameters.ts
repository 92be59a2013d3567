import { AwsError, isAwsError } from "../../../aws-error.ts";
import { bootstrapRegion, ensureBootstrap } from "../../../bootstrap.ts";
import type { Cloud } from "../../../service.ts";
import type { Caller } from "./caller.ts";

/** `GetParameters` takes so many names. https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameters.html */
const MAX_NAMES = 10;

/**
 * The values of SSM-typed parameters by the requested names; missing ones are left out. AWS reads them when a change
 * set is created or a stack updated, with the caller's `ssm:GetParameters`, never with the service role's.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-supplied-parameter-types.html
 */
export async function fetchSsmParameters(
  cloud: Pick<Cloud, "call">,
  region: string,
  caller: Caller,
  names: readonly string[],
): Promise<Map<string, string>> {
  const bootstrapped = bootstrapRegion(names.length > 0 ? { Names: names } : {}, region);
  if (bootstrapped !== undefined && bootstrapped === region) await ensureBootstrap(cloud, region);
  const found = new Map<string, string>();
  for (let start = 0; start < names.length; start += MAX_NAMES) {
    const Names = names.slice(start, start + MAX_NAMES);
    const page = await cloud.call("ssm", "GetParameters", { Names }, { ...caller, region }).catch(refuse);
    for (const parameter of page.Parameters ?? []) {
      found.set(`${parameter.Name}${parameter.Selector ?? ""}`, String(parameter.Value));
    }
  }
  return found;
}

/** A caller who may not read the parameters gets the refusal as CloudFormation's own. */
function refuse(error: unknown): never {
  if (!isAwsError(error, "AccessDeniedException")) throw error;
  const origin = "Service: AWSSimpleSystemsManagement; Status Code: 400; Error Code: AccessDeniedException";
  throw new AwsError("ValidationError", `${error.message} (${origin})`, { cause: error });
}

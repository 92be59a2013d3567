import type { RequestContext } from "../../../service.ts";

/** The caller on whose behalf CloudFormation calls another service with the caller's own permissions. */
export type Caller = Pick<RequestContext, "accessKeyId">;

/** The caller of a request. Pass it on to `cloud.call` where AWS checks the caller and not the service role. */
export function callerOf(context: RequestContext): Caller {
  return { accessKeyId: context.accessKeyId };
}

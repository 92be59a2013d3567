import { AwsError } from "../../aws-error.ts";
import { SERVICES } from "../../registry.ts";
import type { ServiceName } from "../../service.ts";

/** Why a target was not invoked. */
export class InvocationFailure extends Error {
  /** As the target's service calls it, and dead letters tell it. */
  readonly code: string;
  readonly isRetryable: boolean;
  readonly isThrottled: boolean;

  constructor(code: string, message: string, options: { isRetryable?: boolean; isThrottled?: boolean } = {}) {
    super(message);
    this.name = code;
    this.code = code;
    this.isRetryable = options.isRetryable ?? false;
    this.isThrottled = options.isThrottled ?? false;
  }
}

/** What an error of a target's service means. */
export async function toInvocationFailure(error: unknown, service?: ServiceName): Promise<InvocationFailure> {
  if (error instanceof InvocationFailure) return error;
  // What is not AWS's is the Scheduler's own: in the words of its documentation on dead letters.
  if (!(error instanceof AwsError))
    return new InvocationFailure(
      "AWS.Scheduler.InternalServerError",
      "Unexpected error occurred while processing the request.",
      { isRetryable: true },
    );
  const { code, message } = error;
  const known = service === undefined ? undefined : await tryFindTraits(service, code);
  const [queryCode = error.queryCode, queryStatus] = known?.awsQueryError ?? [];
  const statusCode = error.statusCode ?? queryStatus ?? known?.httpError ?? 400;
  const isThrottled = /Throttl|TooManyRequests|ThroughputExceeded|LimitExceeded/.test(code);
  const isTheirs = (statusCode >= 500 && statusCode !== 501) || /NotReady|ResourceConflict/.test(code);
  return new InvocationFailure(queryCode ?? code, message, { isRetryable: isThrottled || isTheirs, isThrottled });
}

/** What a service's model says of one of its exceptions. */
interface ErrorTraits {
  readonly httpError?: number;
  /** The code and status that it goes by in the query protocol. */
  readonly awsQueryError?: readonly [code: string, status: number];
}

async function tryFindTraits(service: ServiceName, code: string): Promise<ErrorTraits | undefined> {
  const client = (await SERVICES[service].client()) as Record<string, unknown>;
  const schema = client[`${code}$`] as readonly [number, string, string, ErrorTraits | 0] | undefined;
  return schema?.[3] === 0 ? undefined : schema?.[3];
}

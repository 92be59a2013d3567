import { RemoteError } from "../errors.ts";
import { AWS_CALLS } from "./aws-calls.ts";

/**
 * What kind of failure a call ended in. `refused`: AWS understood the request and said no. The rest may be over by the
 * next attempt: `credentials` once they are renewed, `unreachable`, `throttled` and `failed` (5xx) by themselves.
 */
export type CallFailure = "refused" | "denied" | "credentials" | "unreachable" | "throttled" | "failed";

/** One call and where it went. */
export interface CallContext {
  /** As in `AWS_CALLS`: the SDK's client without `@aws-sdk/client-`. */
  readonly service: string;
  /** For example `GetAlias`. */
  readonly operation: string;
  /** The URL that was called, or AWS's own endpoint in words. */
  readonly endpoint: string;
  /** The profile whose credentials were used, where one was named. */
  readonly profile?: string;
}

/** A call to AWS that failed after the SDK's own retries. Everything that leaves a client of `lib/aws` is one. */
export class AwsCallError extends RemoteError {
  readonly failure: CallFailure;
  readonly service: string;
  readonly operation: string;

  constructor(failure: CallFailure, cause: SdkFault, context: CallContext) {
    const { service, operation } = context;
    const requestId = cause.$metadata?.requestId;
    super(CODES[failure], describe(failure, cause, context), {
      cause,
      fix: FIXES[failure](cause, context),
      remoteCode: cause.name,
      ...(requestId === undefined ? {} : { requestId }),
      ...(cause.$metadata?.httpStatusCode === undefined ? {} : { statusCode: cause.$metadata.httpStatusCode }),
    });
    this.failure = failure;
    this.service = service;
    this.operation = operation;
  }
}

/** What the SDK throws: AWS's answer, or a network error of Node. */
export interface SdkFault extends Error {
  readonly $metadata?: { readonly requestId?: string; readonly httpStatusCode?: number; readonly attempts?: number };
  /** A network error's code, for example `ECONNREFUSED`. */
  readonly code?: string;
}

const CODES: Readonly<Record<CallFailure, string>> = {
  refused: "CallRefused",
  denied: "AccessDenied",
  credentials: "CredentialsUnusable",
  unreachable: "EndpointUnreachable",
  throttled: "CallThrottled",
  failed: "ServiceFailed",
};

const FIXES: Readonly<Record<CallFailure, (cause: SdkFault, context: CallContext) => string | undefined>> = {
  refused: () => undefined,
  denied: (cause, context) =>
    `Allow ${actionsOf(cause, context)} for the credentials in use, then run the command again.`,
  credentials: (_cause, { profile }) =>
    `Renew the credentials${profile === undefined ? "" : ` of the profile ${profile}, for example with \`aws sso login --profile ${profile}\``}, then run the command again; \`tidegate resume\` continues a release that was under way.`,
  unreachable: () => "Check the network, a proxy or VPN, and the stage's region and endpoint in cdk.json.",
  throttled: () => "Run the command again in a minute: other callers use up the account's quota.",
  failed: () => "Run the command again; https://health.aws.amazon.com shows disruptions.",
};

function describe(failure: CallFailure, cause: SdkFault, { service, operation, endpoint }: CallContext): string {
  const words = cause.message || cause.code || "no further words";
  const attempts = cause.$metadata?.attempts ?? 1;
  const tried = attempts > 1 ? `, ${attempts} attempts` : "";
  if (failure === "unreachable")
    return `${endpoint} cannot be reached for ${service} ${operation}: ${cause.code ?? cause.name}: ${words}${tried}`;
  const request = cause.$metadata?.requestId;
  return `${cause.name}: ${words} (${service} ${operation}${tried}${request === undefined ? "" : `, request ${request}`})`;
}

/** AWS names the action in most services' words; where it does not, the table of calls does. */
function actionsOf(cause: SdkFault, { service, operation }: CallContext): string {
  const named = /not authorized to perform: ([\w-]+:\w+)/.exec(cause.message)?.[1];
  const listed = AWS_CALLS.filter((call) => call.service === service && call.operation === operation);
  const actions = named === undefined ? [...new Set(listed.flatMap((call) => call.actions))] : [named];
  return (actions.length === 0 ? [`${service}:${operation}`] : actions).map((action) => `\`${action}\``).join(", ");
}

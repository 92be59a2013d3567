import type { AccessDecision } from "../../iam/decide.ts";
import type { Permission } from "../../iam/permissions/permission.ts";
import { AwsError } from "../aws-error.ts";
import type { ServiceName } from "../service.ts";
import type { Caller } from "./caller.ts";
import type { KeyProblem } from "./identities.ts";

/** A decision against a request. */
export type Denial = Exclude<AccessDecision, { decision: "allowed" }>;

/** How a service's refusals look: those that speak JSON share a form, Query services and S3 have older ones. */
type Manner = "json" | "rest-json" | "query" | "s3" | "sns" | "sqs";

const MANNERS: Readonly<Record<ServiceName, Manner>> = {
  apigatewayv2: "rest-json",
  cloudformation: "query",
  cloudwatch: "query",
  "cloudwatch-logs": "json",
  dynamodb: "json",
  "dynamodb-streams": "json",
  eventbridge: "json",
  iam: "query",
  kinesis: "json",
  lambda: "rest-json",
  s3: "s3",
  scheduler: "rest-json",
  "secrets-manager": "json",
  sfn: "json",
  sns: "sns",
  sqs: "sqs",
  ssm: "json",
  sts: "query",
};

/** The refusal of a call that policies do not allow, with the service's own code, status and spelling of actions. */
export function accessDenied(service: ServiceName, caller: Caller, permission: Permission, denial: Denial): AwsError {
  const message = describeDenial(service, caller, permission, denial);
  switch (MANNERS[service]) {
    case "json":
      return new AwsError("AccessDeniedException", message, { statusCode: 400 });
    case "rest-json":
      return new AwsError("AccessDeniedException", message, { statusCode: 403 });
    case "sns":
      return new AwsError("AuthorizationErrorException", message, { statusCode: 403 });
    case "sqs":
      return new AwsError("AccessDeniedException", message, { statusCode: 403, queryCode: "AccessDenied" });
    default:
      return new AwsError("AccessDenied", message, { statusCode: 403 });
  }
}

/** What a service says of a role that it cannot assume, where its words are not those of STS. */
const ASSUMPTION_REFUSALS: Readonly<Record<string, AwsErrorWords>> = {
  "lambda.amazonaws.com": {
    message: "The role defined for the function cannot be assumed by Lambda.",
    code: "AccessDeniedException",
    statusCode: 403,
  },
  "states.amazonaws.com": {
    message:
      "Neither the global service principal states.amazonaws.com, nor the regional one is authorized to assume the provided role.",
    code: "AccessDeniedException",
    statusCode: 400,
  },
};

interface AwsErrorWords {
  readonly message: string;
  readonly code: string;
  readonly statusCode: number;
}

/** The refusal of a service that acts in a role which does not exist, or does not trust it. */
export function roleNotAssumable(service: Caller, assumption: Permission, denial: Denial): AwsError {
  const known = ASSUMPTION_REFUSALS[service.arn];
  if (known === undefined) return accessDenied("sts", service, assumption, denial);
  return new AwsError(known.code, known.message, { statusCode: known.statusCode });
}

/**
 * AWS's words for a refusal:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 */
export function describeDenial(
  service: ServiceName,
  { arn }: Caller,
  { action, resource }: Permission,
  { decision, by }: Denial,
): string {
  const spelled = spell(service, action);
  const named = service === "s3" ? `"${resource}"` : resource;
  const refusal = `User: ${arn} is not authorized to perform: ${spelled} on resource: ${named}`;
  if (action.startsWith("sts:") && decision === "implicitDeny") return refusal;
  const article = by === "identity-based policy" ? "an" : "a";
  if (decision === "explicitDeny") return `${refusal} with an explicit deny in ${article} ${by}`;
  return `${refusal} because no ${by} allows the ${spelled} action`;
}

/** SNS writes its prefix in capitals, SQS its actions in small letters. */
function spell(service: ServiceName, action: string): string {
  if (service === "sns") return action.replace(/^sns:/, "SNS:");
  return service === "sqs" ? action.toLowerCase() : action;
}

/** The refusal of invalid credentials, for any operation. */
export function invalidKey(service: ServiceName, problem: KeyProblem): AwsError {
  const isExpired = problem === "expired";
  const message = `The security token included in the request is ${isExpired ? "expired" : "invalid"}`;
  switch (MANNERS[service]) {
    case "s3":
      return isExpired
        ? new AwsError("ExpiredToken", "The provided token has expired.", { statusCode: 400 })
        : new AwsError("InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.", {
            statusCode: 403,
          });
    case "json":
      return new AwsError(isExpired ? "ExpiredTokenException" : "UnrecognizedClientException", message, {
        statusCode: 400,
      });
    case "rest-json":
      return new AwsError(isExpired ? "ExpiredTokenException" : "UnrecognizedClientException", message, {
        statusCode: 403,
      });
    default:
      return new AwsError(isExpired ? "ExpiredToken" : "InvalidClientTokenId", message, { statusCode: 403 });
  }
}

import { randomUUID } from "node:crypto";
import { TemplateError } from "../../../../template/template-error.ts";
import { AwsError } from "../../../aws-error.ts";

/** Thrown in a step when the cloud stops: nothing more is written, the next start resumes the step. */
export class HaltedError extends Error {}

const services = new WeakMap<AwsError, string>();

const TITLES: ReadonlyMap<string, string> = new Map([
  ["lambda", "Lambda"],
  ["s3", "S3"],
  ["dynamodb", "DynamoDb"],
  ["sts", "Sts"],
  ["ssm", "Ssm"],
  ["iam", "Iam"],
  ["cloudwatch-logs", "CloudWatchLogs"],
  ["cloudwatch", "CloudWatch"],
  ["apigatewayv2", "ApiGatewayV2"],
  ["cloudformation", "CloudFormation"],
  ["scheduler", "Scheduler"],
]);

/** Remembers which service refused, for the words of the event. */
export function noteService(error: unknown, service: string): void {
  if (error instanceof AwsError) services.set(error, service);
}

/** What a failed step's event gives as its reason, in AWS's form. */
export function failureReason(error: unknown, requestToken: string): string {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof TemplateError) return message;
  if (!(error instanceof AwsError)) return `Internal Failure: ${message}`;
  const service = services.get(error);
  if (service === undefined && PLAIN.has(error.code)) return message;
  const origin =
    service === undefined
      ? ""
      : ` (Service: ${TITLES.get(service) ?? service}, Status Code: ${error.statusCode ?? statusOf(error.code)}, Request ID: ${randomUUID()})`;
  return `Resource handler returned message: "${message}${origin}" (RequestToken: ${requestToken}, HandlerErrorCode: ${handlerCode(error.code)})`;
}

/** Errors of CloudFormation itself: their text gets no prefix. */
const PLAIN = new Set(["ValidationError", "PartlyMade", "CustomResourceFailed"]);

function statusOf(code: string): number {
  if (/NotFound|NoSuch/.test(code)) return 404;
  if (/Conflict|AlreadyExist|InUse/.test(code)) return 409;
  return 400;
}

/** The error codes of CloudFormation's resource handlers. */
function handlerCode(code: string): string {
  if (code === "NotStabilized") return "NotStabilized";
  if (/AlreadyExist|BucketAlready|ResourceConflict|ResourceInUse|QueueAlreadyExists/.test(code)) return "AlreadyExists";
  if (/NotFound|NoSuch/.test(code)) return "NotFound";
  if (/AccessDenied|Unauthorized|Forbidden/.test(code)) return "AccessDenied";
  if (/Throttl|TooManyRequests/.test(code)) return "Throttling";
  if (/LimitExceeded|ServiceQuota/.test(code)) return "ServiceLimitExceeded";
  if (/Validation|Invalid|Malformed|BadRequest/.test(code)) return "InvalidRequest";
  return "GeneralServiceException";
}

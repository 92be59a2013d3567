import { AwsError } from "../local/aws-error.ts";
import type { ServiceName } from "../local/service.ts";

/** A refusal as a service words it: the code, the text, and the status where the service's model names none. */
interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly statusCode?: number;
}

const RATE_EXCEEDED = { code: "ThrottlingException", message: "Rate exceeded" };
/** Services with XML answers leave out the suffix. */
const THROTTLING = { code: "Throttling", message: "Rate exceeded", statusCode: 400 };

/** What each service answers to too many calls: the code that its model has, or the one of AWS's common errors. */
const THROTTLES: Readonly<Record<ServiceName, Refusal>> = {
  apigatewayv2: { code: "TooManyRequestsException", message: "Too Many Requests", statusCode: 429 },
  cloudformation: THROTTLING,
  cloudwatch: THROTTLING,
  "cloudwatch-logs": RATE_EXCEEDED,
  dynamodb: {
    code: "ProvisionedThroughputExceededException",
    message:
      "The level of configured provisioned throughput for the table was exceeded. Consider increasing your provisioning level with the UpdateTable API.",
  },
  "dynamodb-streams": { code: "LimitExceededException", message: "Rate exceeded" },
  eventbridge: RATE_EXCEEDED,
  iam: THROTTLING,
  kinesis: { code: "ProvisionedThroughputExceededException", message: "Rate exceeded for shard" },
  lambda: { code: "TooManyRequestsException", message: "Rate Exceeded." },
  s3: { code: "SlowDown", message: "Please reduce your request rate.", statusCode: 503 },
  scheduler: { code: "ThrottlingException", message: "Rate exceeded", statusCode: 429 },
  "secrets-manager": RATE_EXCEEDED,
  sfn: RATE_EXCEEDED,
  sns: { code: "ThrottledException", message: "Rate exceeded" },
  sqs: { code: "RequestThrottled", message: "Rate exceeded" },
  ssm: RATE_EXCEEDED,
  sts: THROTTLING,
};

const UNKNOWN_FAILURE = {
  code: "InternalFailure",
  message: "The request processing has failed because of an unknown error, exception or failure.",
};

/** What services answer that have a code of their own for an internal error. */
const FAILURES: Partial<Readonly<Record<ServiceName, Refusal>>> = {
  dynamodb: { code: "InternalServerError", message: "Internal server error" },
  lambda: { code: "ServiceException", message: "An error occurred and the request cannot be processed." },
  s3: { code: "InternalError", message: "We encountered an internal error. Please try again." },
  sns: { code: "InternalErrorException", message: "Internal Error" },
  "secrets-manager": { code: "InternalServiceError", message: "An error occurred on the server side." },
  ssm: { code: "InternalServerError", message: "An error occurred on the server side." },
  eventbridge: { code: "InternalException", message: "An internal error has occurred." },
  scheduler: { code: "InternalServerException", message: "Unexpected error encountered while processing the request." },
};

/** The refusal of a call because there are too many, in the service's own code and words. */
export function throttleOf(service: ServiceName): AwsError {
  return toError(THROTTLES[service]);
}

/** The service's answer where it fails itself: status 500, after which every SDK tries again. */
export function failureOf(service: ServiceName, message?: string): AwsError {
  const refusal = FAILURES[service] ?? UNKNOWN_FAILURE;
  return toError({ ...refusal, message: message ?? refusal.message, statusCode: 500 });
}

function toError({ code, message, statusCode }: Refusal): AwsError {
  return new AwsError(code, message, statusCode === undefined ? {} : { statusCode });
}

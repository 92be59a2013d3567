/** The prefix of a service's actions in policies, by the name of its SDK client without `@aws-sdk/client-`. */
export const IAM_PREFIXES = {
  apigatewayv2: "apigateway",
  cloudformation: "cloudformation",
  cloudwatch: "cloudwatch",
  "cloudwatch-logs": "logs",
  dynamodb: "dynamodb",
  "dynamodb-streams": "dynamodb",
  eventbridge: "events",
  iam: "iam",
  kinesis: "kinesis",
  lambda: "lambda",
  s3: "s3",
  scheduler: "scheduler",
  "secrets-manager": "secretsmanager",
  sfn: "states",
  sns: "sns",
  sqs: "sqs",
  ssm: "ssm",
  sts: "sts",
} as const;

/** A service whose operations have permissions here. */
export type AuthorizedService = keyof typeof IAM_PREFIXES;

import type { SdkClients, ServiceName } from "./service.ts";

/**
 * The SDK clients whose schemas the carried services follow, each loaded on first use. A service that calls others reads
 * their models here; only the server loads services (`registry.ts`).
 */
export const CLIENTS: { readonly [N in ServiceName]: () => Promise<SdkClients[N]> } = {
  lambda: () => import("@aws-sdk/client-lambda"),
  cloudformation: () => import("@aws-sdk/client-cloudformation"),
  s3: () => import("@aws-sdk/client-s3"),
  dynamodb: () => import("@aws-sdk/client-dynamodb"),
  "dynamodb-streams": () => import("@aws-sdk/client-dynamodb-streams"),
  sts: () => import("@aws-sdk/client-sts"),
  eventbridge: () => import("@aws-sdk/client-eventbridge"),
  "secrets-manager": () => import("@aws-sdk/client-secrets-manager"),
  sqs: () => import("@aws-sdk/client-sqs"),
  sfn: () => import("@aws-sdk/client-sfn"),
  ssm: () => import("@aws-sdk/client-ssm"),
  iam: () => import("@aws-sdk/client-iam"),
  "cloudwatch-logs": () => import("@aws-sdk/client-cloudwatch-logs"),
  cloudwatch: () => import("@aws-sdk/client-cloudwatch"),
  apigatewayv2: () => import("@aws-sdk/client-apigatewayv2"),
  sns: () => import("@aws-sdk/client-sns"),
  scheduler: () => import("@aws-sdk/client-scheduler"),
  kinesis: () => import("@aws-sdk/client-kinesis"),
};

/** The names of the carried services. */
export const SERVICE_NAMES: readonly ServiceName[] = Object.keys(CLIENTS).filter(isServiceName);

/** Whether the local cloud carries a service of this name. */
export function isServiceName(name: string): name is ServiceName {
  return Object.hasOwn(CLIENTS, name);
}

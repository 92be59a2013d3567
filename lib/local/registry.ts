import { CLIENTS } from "./catalogue.ts";
import type { ServiceFactory, ServiceName } from "./service.ts";
import { cloudwatchMissing, dynamodbMissing, sqsMissing } from "./missing-members.ts";
import type { WireQuirks } from "./wire/service-server.ts";

/** How a service is recognized on the wire, and where it is loaded from. */
export interface ServiceEntry<N extends ServiceName = ServiceName> {
  /** The service's name in the credential scope of a signature. */
  readonly signingName: string;
  readonly client: () => Promise<object>;
  readonly factory: () => Promise<ServiceFactory<N>>;
  /**
   * The service has state of its own to attend to, or routes: it is loaded as soon as the cloud listens, always or
   * where there is something under this name in the store (`sns.topics`, `sfn_executions`).
   */
  readonly eager?: "always" | { readonly ifStored: string };
  /** Requests without a signature that name no other service are this one's. */
  readonly takesUnsigned?: boolean;
  readonly quirks?: WireQuirks;
}

/** The names under which DynamoDB's errors go over the wire (AWS: "Error handling with DynamoDB"). */
const DYNAMODB_ERRORS = {
  "*": "com.amazonaws.dynamodb.v20120810",
  ValidationException: "com.amazon.coral.validate",
  AccessDeniedException: "com.amazon.coral.service",
  SerializationException: "com.amazon.coral.service",
  InternalFailure: "com.amazon.coral.service",
};

/**
 * The carried services, by their SDK client's name. Carrying one more is one entry here, and one line in `service.ts` and
 * in `catalogue.ts`.
 */
export const SERVICES: { readonly [N in ServiceName]: ServiceEntry<N> } = {
  lambda: {
    signingName: "lambda",
    client: CLIENTS.lambda,
    factory: async () => (await import("./services/lambda/lambda.ts")).createLambda,
    eager: "always",
  },
  cloudformation: {
    signingName: "cloudformation",
    client: CLIENTS.cloudformation,
    factory: async () => (await import("./services/cloudformation/cloudformation.ts")).createCloudformation,
    eager: "always",
  },
  s3: {
    signingName: "s3",
    client: CLIENTS.s3,
    factory: async () => (await import("./services/s3/s3.ts")).createS3,
    eager: "always",
    takesUnsigned: true,
    quirks: { serviceWord: "s3", bareErrors: true, unwrappedOutputs: ["GetBucketLocation"] },
  },
  dynamodb: {
    signingName: "dynamodb",
    client: CLIENTS.dynamodb,
    factory: async () => (await import("./services/dynamodb/dynamodb.ts")).createDynamodb,
    eager: "always",
    quirks: { errorNamespaces: DYNAMODB_ERRORS, missingMembers: dynamodbMissing },
  },
  "dynamodb-streams": {
    signingName: "dynamodb",
    client: CLIENTS["dynamodb-streams"],
    factory: async () => (await import("./services/dynamodb-streams/dynamodb-streams.ts")).createDynamodbStreams,
    quirks: { errorNamespaces: DYNAMODB_ERRORS },
  },
  sts: {
    signingName: "sts",
    client: CLIENTS.sts,
    factory: async () => (await import("./services/sts/sts.ts")).createSts,
  },
  eventbridge: {
    signingName: "events",
    client: CLIENTS.eventbridge,
    factory: async () => (await import("./services/eventbridge/eventbridge.ts")).createEventbridge,
    eager: { ifStored: "events" },
  },
  "secrets-manager": {
    signingName: "secretsmanager",
    client: CLIENTS["secrets-manager"],
    factory: async () => (await import("./services/secrets-manager/secrets-manager.ts")).createSecretsManager,
  },
  sqs: {
    signingName: "sqs",
    client: CLIENTS.sqs,
    factory: async () => (await import("./services/sqs/sqs.ts")).createSqs,
    quirks: {
      errorNamespaces: { "*": "com.amazonaws.sqs" },
      xmlNamespace: "http://queue.amazonaws.com/doc/2012-11-05/",
      missingMembers: sqsMissing,
    },
  },
  sfn: {
    signingName: "states",
    client: CLIENTS.sfn,
    factory: async () => (await import("./services/sfn/sfn.ts")).createSfn,
    eager: { ifStored: "sfn" },
  },
  ssm: {
    signingName: "ssm",
    client: CLIENTS.ssm,
    factory: async () => (await import("./services/ssm/ssm.ts")).createSsm,
  },
  iam: {
    signingName: "iam",
    client: CLIENTS.iam,
    factory: async () => (await import("./services/iam/iam.ts")).createIam,
  },
  "cloudwatch-logs": {
    signingName: "logs",
    client: CLIENTS["cloudwatch-logs"],
    factory: async () => (await import("./services/cloudwatch-logs/cloudwatch-logs.ts")).createCloudwatchLogs,
    eager: "always",
  },
  cloudwatch: {
    signingName: "monitoring",
    client: CLIENTS.cloudwatch,
    factory: async () => (await import("./services/cloudwatch/cloudwatch.ts")).createCloudwatch,
    eager: "always",
    quirks: { alsoSpeaks: ["rpcv2Cbor"], missingMembers: cloudwatchMissing },
  },
  apigatewayv2: {
    signingName: "apigateway",
    client: CLIENTS.apigatewayv2,
    factory: async () => (await import("./services/apigatewayv2/apigatewayv2.ts")).createApigatewayv2,
    eager: "always",
  },
  sns: {
    signingName: "sns",
    client: CLIENTS.sns,
    factory: async () => (await import("./services/sns/sns.ts")).createSns,
    eager: { ifStored: "sns" },
  },
  scheduler: {
    signingName: "scheduler",
    client: CLIENTS.scheduler,
    factory: async () => (await import("./services/scheduler/scheduler.ts")).createScheduler,
    eager: { ifStored: "scheduler" },
  },
  kinesis: {
    signingName: "kinesis",
    client: CLIENTS.kinesis,
    factory: async () => (await import("./services/kinesis/kinesis.ts")).createKinesis,
    quirks: { alsoSpeaks: ["awsCbor1_1"] },
  },
};

import type { HttpApiProps as L2HttpApiProps } from "aws-cdk-lib/aws-apigatewayv2";
import type { TableProps as L2TableProps } from "aws-cdk-lib/aws-dynamodb";
import type { EventBusProps as L2EventBusProps, RuleProps as L2RuleProps } from "aws-cdk-lib/aws-events";
import type { StreamProps as L2StreamProps } from "aws-cdk-lib/aws-kinesis";
import type { FunctionProps as L2FunctionProps } from "aws-cdk-lib/aws-lambda";
import type { KinesisEventSourceProps, SqsEventSourceProps } from "aws-cdk-lib/aws-lambda-event-sources";
import type { BucketProps as L2BucketProps } from "aws-cdk-lib/aws-s3";
import type { ScheduleProps as L2ScheduleProps } from "aws-cdk-lib/aws-scheduler";
import type { TopicProps as L2TopicProps } from "aws-cdk-lib/aws-sns";
import type { UrlSubscriptionProps } from "aws-cdk-lib/aws-sns-subscriptions";
import type { QueueProps as L2QueueProps } from "aws-cdk-lib/aws-sqs";
import type { StateMachineProps as L2StateMachineProps } from "aws-cdk-lib/aws-stepfunctions";
import { describe, expect, expectTypeOf, test } from "vitest";
import type {
  BucketProps,
  ConsumeOptions,
  EventBusProps,
  FunctionProps,
  HttpApiProps,
  QueueProps,
  RuleProps,
  ScheduleProps,
  StateMachineProps,
  StreamConsumeOptions,
  StreamProps,
  SubscribeOptions,
  TableProps,
  TopicProps,
} from "../../lib/index.ts";
import { BUCKET_PROPS, LISTEN_OPTIONS } from "../../lib/constructs/bucket-props.ts";
import { BUNDLING_OPTIONS } from "../../lib/constructs/bundling-options.ts";
import { ARCHIVE_OPTIONS, EVENT_BUS_PROPS } from "../../lib/constructs/event-bus-props.ts";
import { FUNCTION_PROPS } from "../../lib/constructs/function-props.ts";
import { HTTP_API_PROPS, ROUTE_AUTH_OPTIONS } from "../../lib/constructs/http-api-props.ts";
import { HTTP_AUTH_OPTIONS } from "../../lib/constructs/http-auth.ts";
import { CONSUME_OPTIONS, QUEUE_PROPS } from "../../lib/constructs/queue-props.ts";
import { RULE_PROPS, RULE_TARGET_OPTIONS } from "../../lib/constructs/rule-props.ts";
import { SCHEDULE_PROPS } from "../../lib/constructs/schedule-props.ts";
import { LOG_OPTIONS, STATE_MACHINE_PROPS } from "../../lib/constructs/state-machine-props.ts";
import { STREAM_CONSUME_OPTIONS } from "../../lib/constructs/stream-consume-options.ts";
import { STREAM_PROPS } from "../../lib/constructs/stream-props.ts";
import { TABLE_PROPS } from "../../lib/constructs/table-props.ts";
import { SUBSCRIBE_OPTIONS, TOPIC_PROPS } from "../../lib/constructs/topic-props.ts";
import { compareProps, type PropsComparison } from "../helpers/compare-props.ts";
import { type L2Interface, readL2Props } from "../helpers/l2-props.ts";

interface Walked extends Omit<PropsComparison, "l2"> {
  readonly l2: readonly L2Interface[];
}

const DEPRECATED = "deprecated by aws-cdk-lib";
const KAFKA = "only of Kafka event sources";
const NO_CUSTOM_RESOURCE = "a setting of the custom resource that aws-cdk-lib adds, which is not needed here";
const OF_TARGET = "an option of the target, which the L2 takes as an object";

const CONSTRUCTS: Readonly<Record<string, Walked>> = {
  Bucket: {
    ours: BUCKET_PROPS,
    l2: ["aws-s3/lib/bucket#BucketProps"],
    leftOut: {
      bucketNamespace: "follows from bucketName: a name is global, and without one the namespace is the account's",
      notificationsHandlerRole: NO_CUSTOM_RESOURCE,
      notificationsSkipDestinationValidation: NO_CUSTOM_RESOURCE,
    },
    own: { abortIncompleteMultipartUploadAfter: "the age of the rule that a bucket has without lifecycleRules" },
  },
  "Bucket.on": {
    ours: LISTEN_OPTIONS,
    l2: ["aws-s3/lib/bucket#NotificationKeyFilter"],
    leftOut: {},
    own: { deadLetterQueue: "where events go that a function failed for" },
  },
  EventBus: {
    ours: EVENT_BUS_PROPS,
    l2: ["aws-events/lib/event-bus#EventBusProps"],
    leftOut: {},
    own: { archive: "adds an archive, as the L2's method archive does" },
  },
  "EventBus: archive": {
    ours: ARCHIVE_OPTIONS,
    l2: ["aws-events/lib/archive#BaseArchiveProps"],
    leftOut: {},
    own: {},
  },
  Function: {
    ours: FUNCTION_PROPS,
    l2: ["aws-lambda/lib/function#FunctionProps", "aws-lambda/lib/alias#AliasProps"],
    leftOut: {
      additionalVersions: "a release sets the weights of the alias",
      applicationLogLevel: DEPRECATED,
      currentVersionOptions: "each content has a version of its own; a release publishes it",
      logFormat: DEPRECATED,
      logRetentionRetryOptions: NO_CUSTOM_RESOURCE,
      logRetentionRole: NO_CUSTOM_RESOURCE,
      systemLogLevel: DEPRECATED,
      version: "a release decides over the version of the alias",
    },
    own: {
      aliasDescription: "the alias's; description is the function's",
      bundling: "how entry is bundled, as in NodejsFunction",
      entry: "the file that is bundled, as in NodejsFunction",
      shift: "how the function takes part in a gradual release",
      outcomeMetrics: "status and latency of requests by version",
      smokeTest: "a call before any traffic moves",
    },
  },
  "Function: bundling": {
    ours: BUNDLING_OPTIONS,
    l2: ["aws-lambda-nodejs/lib/types#BundlingOptions"],
    leftOut: {
      assetHash: "the hash is that of the package's content",
      buildArgs: "there is no Docker",
      bundleAwsSDK: "the SDK is included unless externalModules names it",
      bundlingFileAccess: "there is no Docker",
      command: "there is no Docker",
      commandHooks: "esbuild runs in this process, without a shell",
      dockerImage: "there is no Docker",
      entrypoint: "there is no Docker",
      environment: "there is no Docker",
      esbuildArgs: "esbuild is called by its API; its settings have props of their own",
      esbuildVersion: "esbuild comes with this package",
      forceDockerBundling: "there is no Docker",
      inject: "files that are injected would not be noticed by the cache of packages",
      logLevel: "problems are reported when the app is synthesised",
      metafile: "the package holds only what the function needs",
      network: "there is no Docker",
      nodeModules: "packages are bundled; name a layer's in externalModules",
      platform: "there is no Docker",
      preCompilation: "esbuild reads TypeScript",
      securityOpt: "there is no Docker",
      sourceMapMode: "source maps are linked files",
      user: "there is no Docker",
      volumes: "there is no Docker",
      volumesFrom: "there is no Docker",
      workingDirectory: "there is no Docker",
    },
    own: { copy: "files beside the code" },
  },
  HttpApi: {
    ours: HTTP_API_PROPS,
    l2: ["aws-apigatewayv2/lib/http/api#HttpApiProps", "aws-apigatewayv2/lib/http/stage#HttpStageOptions"],
    leftOut: {
      autoDeploy: "the stage is deployed with every change",
      createDefaultStage: "the stage is always made, with its log",
      defaultIntegration: "routes: { $default: fn }",
      domainMapping: "defaultDomainMapping, the API's own name for it",
      stageName: "the stage is $default, so that the address has no stage",
    },
    own: {
      accessLogRetention: "how long the log group of its own is kept",
      routes: "adds routes, as addRoutes does",
    },
  },
  "HttpApi.addRoute": {
    ours: ROUTE_AUTH_OPTIONS,
    l2: ["aws-apigatewayv2/lib/http/api#AddRoutesOptions"],
    leftOut: {
      integration: "the function that is given",
      methods: "a part of the route's key",
      path: "a part of the route's key",
    },
    own: {},
  },
  "HttpAuth.function": {
    ours: HTTP_AUTH_OPTIONS.function,
    l2: ["aws-apigatewayv2-authorizers/lib/http/lambda#HttpLambdaAuthorizerProps"],
    leftOut: {},
    own: {},
  },
  "HttpAuth.jwt": {
    ours: HTTP_AUTH_OPTIONS.jwt,
    l2: ["aws-apigatewayv2-authorizers/lib/http/jwt#HttpJwtAuthorizerProps"],
    leftOut: {},
    own: {
      authorizationScopes: "the scopes of the routes that it authorizes",
      jwtIssuer: "a parameter of the L2's constructor",
    },
  },
  Queue: { ours: QUEUE_PROPS, l2: ["aws-sqs/lib/queue#QueueProps"], leftOut: {}, own: {} },
  "Queue.consume": {
    ours: CONSUME_OPTIONS,
    l2: ["aws-lambda-event-sources/lib/sqs#SqsEventSourceProps"],
    leftOut: {},
    own: {},
  },
  Rule: {
    ours: RULE_PROPS,
    l2: ["aws-events/lib/rule#RuleProps"],
    leftOut: { schedule: "scheduled rules are the predecessors of Schedule" },
    own: { deadLetterQueue: "the queue of all targets that have none of their own" },
  },
  "Rule.to": {
    ours: RULE_TARGET_OPTIONS,
    l2: [
      "aws-events-targets/lib/sqs#SqsQueueProps",
      "aws-events-targets/lib/sns#SnsTopicProps",
      "aws-events-targets/lib/kinesis-stream#KinesisStreamProps",
      "aws-events-targets/lib/state-machine#SfnStateMachineProps",
    ],
    leftOut: {
      authorizeUsingRole: "the topic's policy lets the rule publish",
      message: "input: one name for what the targets of aws-cdk-lib call event, input and message",
      role: "each target's own",
    },
    own: {},
  },
  Schedule: {
    ours: SCHEDULE_PROPS,
    l2: ["aws-scheduler/lib/schedule#ScheduleProps"],
    leftOut: {},
    own: {
      deadLetterQueue: OF_TARGET,
      event: OF_TARGET,
      input: OF_TARGET,
      maxEventAge: OF_TARGET,
      messageGroupId: OF_TARGET,
      partitionKey: OF_TARGET,
      retryAttempts: OF_TARGET,
      role: OF_TARGET,
      timeZone: "that of an expression that is given as text",
    },
  },
  StateMachine: {
    ours: STATE_MACHINE_PROPS,
    l2: ["aws-stepfunctions/lib/state-machine#StateMachineProps"],
    leftOut: { definition: DEPRECATED },
    own: {
      aliasName: "the alias that the release moves",
      logRetention: "how long the log group of its own is kept",
      shift: "how the workflow takes part in a gradual release",
    },
  },
  "StateMachine: logs": {
    ours: LOG_OPTIONS,
    l2: ["aws-stepfunctions/lib/state-machine#LogOptions"],
    leftOut: {},
    own: {},
  },
  Stream: { ours: STREAM_PROPS, l2: ["aws-kinesis/lib/stream#StreamProps"], leftOut: {}, own: {} },
  "Stream.consume and Table.consume": {
    ours: STREAM_CONSUME_OPTIONS,
    l2: [
      "aws-lambda-event-sources/lib/kinesis#KinesisEventSourceProps",
      "aws-lambda-event-sources/lib/dynamodb#DynamoEventSourceProps",
    ],
    leftOut: { provisionedPollerConfig: KAFKA },
    own: {},
  },
  Table: {
    ours: TABLE_PROPS,
    l2: ["aws-dynamodb/lib/table#TableProps"],
    leftOut: { contributorInsightsEnabled: DEPRECATED, pointInTimeRecovery: DEPRECATED },
    own: {
      globalSecondaryIndexes: "a prop as in TableV2; the L2 has a method",
      localSecondaryIndexes: "a prop as in TableV2; the L2 has a method",
    },
  },
  Topic: { ours: TOPIC_PROPS, l2: ["aws-sns/lib/topic#TopicProps"], leftOut: {}, own: {} },
  "Topic.subscribe": {
    ours: SUBSCRIBE_OPTIONS,
    l2: [
      "aws-sns-subscriptions/lib/sqs#SqsSubscriptionProps",
      "aws-sns-subscriptions/lib/url#UrlSubscriptionProps",
      "aws-sns-subscriptions/lib/lambda#LambdaSubscriptionProps",
    ],
    leftOut: {},
    own: {},
  },
};

test.each(Object.entries(CONSTRUCTS))("%s has the L2's props by the L2's names", (_name, { l2, ...walked }) => {
  expect(compareProps({ ...walked, l2: l2.flatMap((where) => readL2Props(where)) })).toEqual([]);
});

/** The props whose L2 values are not all accepted. `npm run types` checks it. */
type Narrower<Ours, L2> = {
  [Name in keyof Ours & keyof L2]: NonNullable<L2[Name]> extends Ours[Name] ? never : Name;
}[keyof Ours & keyof L2];

test("every prop accepts the values of the L2's", () => {
  expectTypeOf<Narrower<BucketProps, L2BucketProps>>().toBeNever();
  expectTypeOf<Narrower<ConsumeOptions, SqsEventSourceProps>>().toBeNever();
  expectTypeOf<Narrower<EventBusProps, L2EventBusProps>>().toBeNever();
  expectTypeOf<Narrower<FunctionProps, L2FunctionProps>>().toBeNever();
  expectTypeOf<Narrower<HttpApiProps, L2HttpApiProps>>().toBeNever();
  expectTypeOf<Narrower<QueueProps, L2QueueProps>>().toBeNever();
  expectTypeOf<Narrower<RuleProps, L2RuleProps>>().toBeNever();
  expectTypeOf<Narrower<ScheduleProps, L2ScheduleProps>>().toBeNever();
  expectTypeOf<Narrower<StateMachineProps, L2StateMachineProps>>().toBeNever();
  expectTypeOf<Narrower<StreamConsumeOptions, KinesisEventSourceProps>>().toBeNever();
  expectTypeOf<Narrower<StreamProps, L2StreamProps>>().toBeNever();
  expectTypeOf<Narrower<SubscribeOptions, UrlSubscriptionProps>>().toBeNever();
  expectTypeOf<Narrower<TableProps, L2TableProps>>().toBeNever();
  expectTypeOf<Narrower<TopicProps, L2TopicProps>>().toBeNever();
  expectTypeOf<Narrower<{ fifo: false }, L2QueueProps>>().toEqualTypeOf<"fifo">();
});

describe("the comparison", () => {
  const compare = (ours: string[], l2: string[], own = {}, leftOut = {}) => compareProps({ ours, l2, own, leftOut });

  test("fails for a prop of the L2 that is neither offered nor left out with a reason", () => {
    expect(compare([], ["fifo"])).toEqual(["fifo: the L2 has it; offer it, or list it with a reason"]);
    expect(compare([], ["fifo"], {}, { fifo: "a reason" })).toEqual([]);
  });

  test.each([
    ["delay", "deliveryDelay"],
    ["window", "maxBatchingWindow"],
    ["raw", "rawMessageDelivery"],
    ["eventBridge", "eventBridgeEnabled"],
    ["shards", "shardCount"],
  ])("fails for %s where the L2 has %s, also with reasons for both", (ours, l2) => {
    const problems = compare([ours], [l2], { [ours]: "ours" }, { [l2]: "theirs" });
    expect(problems).toEqual([`${ours}: named like the L2's ${l2}, which is not offered; use the L2's name`]);
  });

  test("fails for a prop that the L2 does not have and that is not listed", () => {
    expect(compare(["shift"], [])).toEqual(["shift: the L2 has no such prop; use the L2's name, or list what it is"]);
  });

  test("fails for a reason that is out of date", () => {
    expect(compare(["fifo"], ["fifo"], {}, { fifo: "a reason" })).toHaveLength(1);
    expect(compare([], [], { shift: "ours" })).toHaveLength(1);
  });

  test("reads the props of an interface and of its bases", () => {
    const props = readL2Props("aws-lambda/lib/function#FunctionProps");
    expect(props).toEqual(expect.arrayContaining(["code", "vpc", "onFailure"]));
    expect(props.length).toBeGreaterThan(50);
  });
});

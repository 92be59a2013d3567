import { CustomResource, Duration, type Stack } from "aws-cdk-lib";
import type { Template } from "aws-cdk-lib/assertions";
import {
  LambdaIntegration,
  LambdaRestApi,
  RequestAuthorizer,
  RestApi,
  TokenAuthorizer,
} from "aws-cdk-lib/aws-apigateway";
import { HttpApi, WebSocketApi } from "aws-cdk-lib/aws-apigatewayv2";
import { HttpLambdaIntegration, WebSocketLambdaIntegration } from "aws-cdk-lib/aws-apigatewayv2-integrations";
import { AttributeType, StreamViewType, Table } from "aws-cdk-lib/aws-dynamodb";
import { Rule, Schedule } from "aws-cdk-lib/aws-events";
import { LambdaFunction } from "aws-cdk-lib/aws-events-targets";
import { Stream } from "aws-cdk-lib/aws-kinesis";
import { StartingPosition } from "aws-cdk-lib/aws-lambda";
import { LambdaDestination as OnSuccess } from "aws-cdk-lib/aws-lambda-destinations";
import {
  DynamoEventSource,
  KinesisEventSource,
  SnsEventSource,
  SqsEventSource,
} from "aws-cdk-lib/aws-lambda-event-sources";
import { FilterPattern, LogGroup } from "aws-cdk-lib/aws-logs";
import { LambdaDestination } from "aws-cdk-lib/aws-logs-destinations";
import { Bucket, EventType } from "aws-cdk-lib/aws-s3";
import { LambdaDestination as BucketDestination } from "aws-cdk-lib/aws-s3-notifications";
import { Schedule as SchedulerSchedule, ScheduleExpression } from "aws-cdk-lib/aws-scheduler";
import { LambdaInvoke as ScheduledInvoke } from "aws-cdk-lib/aws-scheduler-targets";
import { Topic } from "aws-cdk-lib/aws-sns";
import { LambdaSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import { Queue } from "aws-cdk-lib/aws-sqs";
import { DefinitionBody, StateMachine } from "aws-cdk-lib/aws-stepfunctions";
import { LambdaInvoke } from "aws-cdk-lib/aws-stepfunctions-tasks";
import { Provider } from "aws-cdk-lib/custom-resources";
import { describe, expect, test } from "vitest";
import { Function } from "../../lib/index.ts";
import { HELLO, releaseOf, templateOf, testStack } from "../helpers/template.ts";

/** Ways in which aws-cdk-lib lets something call an `IFunction`. */
const CALLERS: Record<string, (stack: Stack, fn: Function) => unknown> = {
  "a route of an HTTP API": (stack, fn) =>
    new HttpApi(stack, "Http").addRoutes({ path: "/x", integration: new HttpLambdaIntegration("I", fn) }),
  "a WebSocket API": (stack, fn) =>
    new WebSocketApi(stack, "Socket", {
      defaultRouteOptions: { integration: new WebSocketLambdaIntegration("I", fn) },
    }),
  "a REST API": (stack, fn) => new LambdaRestApi(stack, "Rest", { handler: fn }),
  "a token authoriser": (stack, fn) =>
    new RestApi(stack, "Rest").root.addMethod("GET", undefined, {
      authorizer: new TokenAuthorizer(stack, "Auth", { handler: fn }),
    }),
  "a request authoriser": (stack, fn) =>
    new RestApi(stack, "Rest").root.addMethod("GET", new LambdaIntegration(fn), {
      authorizer: new RequestAuthorizer(stack, "Auth", { handler: fn, identitySources: ["method.request.header.X"] }),
    }),
  "a queue": (stack, fn) => fn.addEventSource(new SqsEventSource(new Queue(stack, "Queue"))),
  "a Kinesis stream": (stack, fn) =>
    fn.addEventSource(
      new KinesisEventSource(new Stream(stack, "Stream"), { startingPosition: StartingPosition.LATEST }),
    ),
  "a table's stream": (stack, fn) => {
    const table = new Table(stack, "T", {
      partitionKey: { name: "id", type: AttributeType.STRING },
      stream: StreamViewType.NEW_IMAGE,
    });
    fn.addEventSource(new DynamoEventSource(table, { startingPosition: StartingPosition.LATEST }));
  },
  "a topic": (stack, fn) => new Topic(stack, "Topic").addSubscription(new LambdaSubscription(fn)),
  "a topic as an event source": (stack, fn) => fn.addEventSource(new SnsEventSource(new Topic(stack, "Topic"))),
  "a bucket": (stack, fn) =>
    new Bucket(stack, "Bucket").addEventNotification(EventType.OBJECT_CREATED, new BucketDestination(fn)),
  "a rule": (stack, fn) =>
    new Rule(stack, "Rule", { schedule: Schedule.rate(Duration.hours(1)), targets: [new LambdaFunction(fn)] }),
  "a schedule": (stack, fn) =>
    new SchedulerSchedule(stack, "Schedule", {
      schedule: ScheduleExpression.rate(Duration.hours(1)),
      target: new ScheduledInvoke(fn),
    }),
  "a log group": (stack, fn) =>
    new LogGroup(stack, "Log").addSubscriptionFilter("Filter", {
      destination: new LambdaDestination(fn),
      filterPattern: FilterPattern.allEvents(),
    }),
  "a workflow": (stack, fn) =>
    new StateMachine(stack, "Machine", {
      definitionBody: DefinitionBody.fromChainable(new LambdaInvoke(stack, "Call", { lambdaFunction: fn })),
    }),
  "a custom resource's provider": (stack, fn) =>
    new CustomResource(stack, "Custom", {
      serviceToken: new Provider(stack, "Provider", { onEventHandler: fn }).serviceToken,
    }),
  "another function's destination": (stack, fn) =>
    new Function(stack, "Other", { entry: HELLO, onSuccess: new OnSuccess(fn) }),
  "a function that may invoke it": (stack, fn) => fn.grantInvoke(new Function(stack, "Other", { entry: HELLO })),
};

describe("a function means its alias to", () => {
  test.each(Object.entries(CALLERS))("%s", (_, call) => {
    const { stack } = testStack();
    const fn = new Function(stack, "Target", { entry: HELLO });
    call(stack, fn);
    const template = templateOf(stack);
    const member = releaseOf(template).members.find(({ path }) => path === "Test/Target")!;
    const users = referrers(template, member.resource);
    expect(users).toEqual([member.alias, member.version].sort());
    expect(referrers(template, member.alias)).not.toEqual([]);
  });
});

/** The resources that refer to a logical id. */
function referrers(template: Template, logicalId: string): string[] {
  const { Resources } = template.toJSON() as { Resources: Record<string, unknown> };
  return Object.entries(Resources)
    .filter(([, resource]) => refersTo(resource, logicalId))
    .map(([id]) => id)
    .sort();
}

function refersTo(value: unknown, logicalId: string): boolean {
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(value).some(([key, inner]) => {
    if (key === "Ref") return inner === logicalId;
    if (key === "Fn::GetAtt") return (inner as string[])[0] === logicalId;
    if (key === "Fn::Sub") return JSON.stringify(inner).includes(`\${${logicalId}`);
    return refersTo(inner, logicalId);
  });
}

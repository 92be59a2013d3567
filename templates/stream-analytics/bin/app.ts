import { App, CfnOutput, Duration, Stack } from "aws-cdk-lib";
import { Function, HttpApi, HttpAuth, Rollout, Stream, Table } from "tidegate";

const app = new App();
const stack = new Stack(app, "StreamAnalytics", { description: "Readings that are counted while they come" });

const minutes = new Table(stack, "Minutes", {
  partitionKey: "sensor",
  sortKey: "window",
  timeToLiveAttribute: "expires",
});
const readings = new Stream(stack, "Readings", { shardCount: 1 });

const take = new Function(stack, "Take", {
  entry: "functions/take.ts",
  environment: { STREAM_NAME: readings.streamName },
});
readings.grantWrite(take);

const aggregate = new Function(stack, "Aggregate", {
  entry: "functions/aggregate.ts",
  environment: { TABLE_NAME: minutes.tableName },
  timeout: Duration.seconds(20),
});
minutes.grant(aggregate, "dynamodb:PutItem");
readings.consume(aggregate, { tumblingWindow: Duration.minutes(1) });

const look = new Function(stack, "Look", {
  entry: "functions/look.ts",
  environment: { TABLE_NAME: minutes.tableName },
});
minutes.grant(look, "dynamodb:Query");

const api = new HttpApi(stack, "Api", {
  // Open to try it out. A real app uses HttpAuth.jwt({ jwtIssuer, jwtAudience }) here.
  defaultAuthorizer: HttpAuth.none(),
  routes: { "POST /readings": take, "GET /sensors/{sensor}": look },
});

new Rollout(app, "Rollout", {
  policy: "Canary10Percent5Minutes",
  analysis: { minInvocations: 20, maxWait: Duration.minutes(0), onInconclusive: "promote" },
});
const failures = readings.deadLetterQueueOf(aggregate)!;
new CfnOutput(stack, "ApiUrl", { value: api.apiEndpoint, description: "Where the API answers" });
new CfnOutput(stack, "StreamName", { value: readings.streamName, description: "Where producers may put readings too" });
new CfnOutput(stack, "FailuresUrl", { value: failures.queueUrl, description: "What could not be counted" });
app.synth();

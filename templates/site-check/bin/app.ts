import { App, CfnOutput, Duration, Stack } from "aws-cdk-lib";
import { Function, HttpApi, HttpAuth, Rollout, Schedule, Table, Topic } from "tidegate";

/** The site that is watched. */
const SITE = "https://example.com/";

const app = new App();
const stack = new Stack(app, "SiteCheck", { description: "Looks at a web site, and alerts when it goes and comes" });

const checks = new Table(stack, "Checks", { partitionKey: "site", sortKey: "at", timeToLiveAttribute: "expires" });
const alerts = new Topic(stack, "Alerts");

const check = new Function(stack, "Check", {
  entry: "functions/check.ts",
  environment: { TABLE_NAME: checks.tableName, TOPIC_ARN: alerts.topicArn },
  timeout: Duration.seconds(30),
});
checks.grant(check, "dynamodb:PutItem", "dynamodb:Query");
alerts.grantPublish(check);

const schedule = new Schedule(stack, "Often", {
  schedule: "rate(5 minutes)",
  target: check,
  input: { site: SITE, at: "<aws.scheduler.scheduled-time>" },
  // A late check is worth nothing: the next one is due soon.
  retryAttempts: 2,
  maxEventAge: Duration.minutes(4),
});

const look = new Function(stack, "Look", {
  entry: "functions/look.ts",
  environment: { TABLE_NAME: checks.tableName, SITE },
});
checks.grant(look, "dynamodb:Query");
const api = new HttpApi(stack, "Api", {
  // Open to try it out. A real app uses HttpAuth.jwt({ jwtIssuer, jwtAudience }) here.
  defaultAuthorizer: HttpAuth.none(),
  routes: { "GET /checks": look },
});

new Rollout(app, "Rollout", {
  policy: "Canary10Percent5Minutes",
  analysis: { minInvocations: 20, maxWait: Duration.minutes(0), onInconclusive: "promote" },
});
new CfnOutput(stack, "ApiUrl", { value: api.apiEndpoint, description: "Where the last checks are" });
new CfnOutput(stack, "AlertsArn", { value: alerts.topicArn, description: "The topic that alerts" });
new CfnOutput(stack, "DeadLettersUrl", {
  value: schedule.deadLetterQueue!.queueUrl,
  description: "Checks that failed",
});
app.synth();

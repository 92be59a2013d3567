import { App, CfnOutput, Duration, Stack } from "aws-cdk-lib";
import { Alarm, TreatMissingData } from "aws-cdk-lib/aws-cloudwatch";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { Function, HttpApi, HttpAuth, Queue, Rollout, Rule, Table } from "tidegate";

const app = new App();
const stack = new Stack(app, "Automation", { description: "An alarm stops a consumer, and starts it again" });

const tickets = new Table(stack, "Tickets", { partitionKey: "alarm", sortKey: "opened" });
const receipts = new Table(stack, "Receipts", { partitionKey: "id" });
const payments = new Queue(stack, "Payments");

const charge = new Function(stack, "Charge", {
  entry: "functions/charge.ts",
  environment: { TABLE_NAME: receipts.tableName },
});
receipts.grant(charge, "dynamodb:PutItem");
// One payment a call, and its failure is the call's: that is what the alarm counts.
payments.consume(charge, { batchSize: 1, reportBatchItemFailures: false, maxConcurrency: 2 });
const consumer = payments.eventSourceOf(charge)!;

const failures = new Alarm(stack, "Failures", {
  alarmDescription: "Three payments or more failed within a minute",
  metric: charge.metricErrors({ period: Duration.minutes(1), statistic: "Sum" }),
  threshold: 3,
  evaluationPeriods: 1,
  treatMissingData: TreatMissingData.NOT_BREACHING,
});

const respond = new Function(stack, "Respond", {
  entry: "functions/respond.ts",
  environment: { TABLE_NAME: tickets.tableName, CONSUMER: consumer.eventSourceMappingId },
});
tickets.grant(respond, "dynamodb:PutItem", "dynamodb:Query", "dynamodb:UpdateItem");
respond.addToRolePolicy(
  new PolicyStatement({ actions: ["lambda:UpdateEventSourceMapping"], resources: [consumer.eventSourceMappingArn] }),
);
new Rule(stack, "AlarmChanged", {
  description: "Stops the consumer of payments while charging them fails",
  eventPattern: {
    source: ["aws.cloudwatch"],
    "detail-type": ["CloudWatch Alarm State Change"],
    resources: [failures.alarmArn],
    detail: { state: { value: ["ALARM", "OK"] } },
  },
}).to(respond);

const list = new Function(stack, "List", {
  entry: "functions/list.ts",
  environment: { TABLE_NAME: tickets.tableName, RECEIPTS: receipts.tableName },
});
tickets.grant(list, "dynamodb:Scan");
receipts.grant(list, "dynamodb:Scan");
const api = new HttpApi(stack, "Api", {
  // Open to try it out. A real app uses HttpAuth.jwt({ jwtIssuer, jwtAudience }) here.
  defaultAuthorizer: HttpAuth.none(),
  routes: { "GET /tickets": list, "GET /receipts": list },
});

new Rollout(app, "Rollout", {
  policy: "Canary10Percent5Minutes",
  analysis: { minInvocations: 20, maxWait: Duration.minutes(0), onInconclusive: "promote" },
});
new CfnOutput(stack, "ApiUrl", { value: api.apiEndpoint, description: "Where tickets and receipts are" });
new CfnOutput(stack, "PaymentsUrl", { value: payments.queueUrl, description: "Where payments go in" });
new CfnOutput(stack, "Consumer", { value: consumer.eventSourceMappingId, description: "What is stopped and started" });
app.synth();

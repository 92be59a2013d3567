import { App, CfnOutput, Duration, Stack } from "aws-cdk-lib";
import { Function, HttpApi, HttpAuth, Queue, Rollout, Table } from "tidegate";

const app = new App();
const stack = new Stack(app, "Messaging", { description: "Orders that wait in a queue" });

const orders = new Table(stack, "Orders", { partitionKey: "id" });
const queue = new Queue(stack, "Queue");

const take = new Function(stack, "Take", { entry: "functions/take.ts", environment: { QUEUE_URL: queue.queueUrl } });
queue.grantSendMessages(take);

const look = new Function(stack, "Look", { entry: "functions/look.ts", environment: { TABLE_NAME: orders.tableName } });
orders.grant(look, "dynamodb:GetItem");

const work = new Function(stack, "Work", {
  entry: "functions/work.ts",
  environment: { TABLE_NAME: orders.tableName },
  timeout: Duration.seconds(20),
});
orders.grant(work, "dynamodb:PutItem");
queue.consume(work);

const api = new HttpApi(stack, "Api", {
  // Open to try it out. A real app uses HttpAuth.jwt({ jwtIssuer, jwtAudience }) here.
  defaultAuthorizer: HttpAuth.none(),
  routes: { "POST /orders": take, "GET /orders/{id}": look },
});

new Rollout(app, "Rollout", {
  policy: "Canary10Percent5Minutes",
  analysis: { minInvocations: 20, maxWait: Duration.minutes(0), onInconclusive: "promote" },
});
new CfnOutput(stack, "ApiUrl", { value: api.apiEndpoint, description: "Where the API answers" });
new CfnOutput(stack, "DeadLettersUrl", {
  value: queue.deadLetterQueue!.queue.queueUrl,
  description: "Orders that failed",
});
app.synth();

import { App, CfnOutput, Duration, Stack } from "aws-cdk-lib";
import { Function, HttpApi, HttpAuth, link, Queue, Rollout, Table } from "tidegate";

const app = new App();
const stack = new Stack(app, "Messaging", { description: "Orders that wait in a queue" });

const orders = new Table(stack, "Orders", { partitionKey: "id" });
const queue = new Queue(stack, "Queue");

// A link grants what the access needs, and gives the function's code the name or the URL: `resource.Orders.name`.
const take = new Function(stack, "Take", { entry: "functions/take.ts" });
link(take, queue, "write");

const look = new Function(stack, "Look", { entry: "functions/look.ts" });
link(look, orders, "read");

const work = new Function(stack, "Work", { entry: "functions/work.ts", timeout: Duration.seconds(20) });
link(work, orders, "write");
link(queue, work);

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

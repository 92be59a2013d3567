import { App, CfnOutput, Duration, Stack } from "aws-cdk-lib";
import { Function, HttpApi, HttpAuth, Queue, Rollout, Table, Topic } from "tidegate";

const app = new App();
const stack = new Stack(app, "FanOut", { description: "One event, many subscribers" });

const heard = new Table(stack, "Heard", { partitionKey: "order", sortKey: "who" });
const orders = new Topic(stack, "Orders");

const take = new Function(stack, "Take", {
  entry: "functions/take.ts",
  environment: { TOPIC_ARN: orders.topicArn, HOME: "SE" },
});
orders.grantPublish(take);

const subscriber = (id: string, entry: string) => {
  const fn = new Function(stack, id, { entry, environment: { TABLE_NAME: heard.tableName } });
  heard.grant(fn, "dynamodb:PutItem");
  return fn;
};
// A subscribed function runs at once; a queue lets a function work at its own pace; a filter selects the orders that a
// subscriber receives.
const mail = subscriber("Mail", "functions/mail.ts");
orders.subscribe(mail);
const parcels = new Queue(stack, "Parcels");
parcels.consume(subscriber("Warehouse", "functions/warehouse.ts"));
orders.subscribe(parcels);
orders.subscribe(subscriber("Tax", "functions/tax.ts"), { filterPolicy: { destination: ["abroad"] } });

const look = new Function(stack, "Look", { entry: "functions/look.ts", environment: { TABLE_NAME: heard.tableName } });
heard.grant(look, "dynamodb:Query");

const api = new HttpApi(stack, "Api", {
  // Open to try it out. A real app uses HttpAuth.jwt({ jwtIssuer, jwtAudience }) here.
  defaultAuthorizer: HttpAuth.none(),
  routes: { "POST /orders": take, "GET /orders/{id}": look },
});

new Rollout(app, "Rollout", {
  policy: "Canary10Percent5Minutes",
  analysis: { minInvocations: 20, maxWait: Duration.minutes(0), onInconclusive: "promote" },
});
new CfnOutput(stack, "ApiUrl", { value: api.apiEndpoint, description: "Where orders go in" });
new CfnOutput(stack, "UnsentMailUrl", {
  value: orders.deadLetterQueueOf(mail)!.queueUrl,
  description: "Orders that no mail was sent for",
});
app.synth();

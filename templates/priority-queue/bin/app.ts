import { App, CfnOutput, Duration, Stack } from "aws-cdk-lib";
import { Function, HttpApi, HttpAuth, Queue, Rollout, Table } from "tidegate";

const app = new App();
const stack = new Stack(app, "PriorityQueue", { description: "Queues by priority in front of one worker" });

/** How many jobs of a priority are worked on at once, at most. */
const SHARES = { urgent: 10, normal: 4, bulk: 2 };

const jobs = new Table(stack, "Jobs", { partitionKey: "id" });
const environment = { TABLE_NAME: jobs.tableName };
const timeout = Duration.seconds(30);
const work = new Function(stack, "Work", { entry: "functions/work.ts", environment, timeout });
jobs.grant(work, "dynamodb:PutItem");

const queues = Object.entries(SHARES).map(([priority, maxConcurrency]) => {
  const queue = new Queue(stack, `${priority}-jobs`);
  // One job a call: a share is a number of jobs, and none waits for the others of a batch.
  queue.consume(work, { batchSize: 1, maxConcurrency });
  return { priority, queue };
});
const urls = Object.fromEntries(queues.map(({ priority, queue }) => [priority, queue.queueUrl]));

const take = new Function(stack, "Take", {
  entry: "functions/take.ts",
  environment: { QUEUE_URLS: stack.toJsonString(urls) },
});
for (const { queue } of queues) queue.grantSendMessages(take);

const list = new Function(stack, "List", { entry: "functions/list.ts", environment });
jobs.grant(list, "dynamodb:Scan");

const api = new HttpApi(stack, "Api", {
  // Open to try it out. A real app uses HttpAuth.jwt({ jwtIssuer, jwtAudience }) here.
  defaultAuthorizer: HttpAuth.none(),
  routes: { "POST /jobs": take, "GET /jobs": list },
});

new Rollout(app, "Rollout", {
  policy: "Canary10Percent5Minutes",
  analysis: { minInvocations: 20, maxWait: Duration.minutes(0), onInconclusive: "promote" },
});
new CfnOutput(stack, "ApiUrl", { value: api.apiEndpoint, description: "Where jobs go in" });
app.synth();

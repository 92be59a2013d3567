import { App, CfnOutput, Duration, Stack } from "aws-cdk-lib";
import { Function, HttpApi, HttpAuth, Queue, Rollout, Table } from "tidegate";

const app = new App();
const stack = new Stack(app, "PipesAndFilters", { description: "A chain of small functions over queues" });

const timeout = Duration.seconds(5);
const reviews = new Table(stack, "Reviews", { partitionKey: "id" });
const environment = { TABLE_NAME: reviews.tableName };
const keep = new Function(stack, "Keep", { entry: "functions/keep.ts", environment, timeout });
reviews.grant(keep, "dynamodb:PutItem");
const end = pipeInto("Keep", keep);

// From the last to the first: each knows no more than the pipe that it puts reviews into.
const rate = filter("Rate", "functions/filters/rate.ts", end);
const mask = filter("Mask", "functions/filters/mask.ts", rate);
const tidy = filter("Tidy", "functions/filters/tidy.ts", mask);

const take = new Function(stack, "Take", { entry: "functions/take.ts", environment: { NEXT_URL: tidy.queueUrl } });
tidy.grantSendMessages(take);
const look = new Function(stack, "Look", { entry: "functions/look.ts", environment });
reviews.grant(look, "dynamodb:GetItem");

const api = new HttpApi(stack, "Api", {
  // Open to try it out. A real app uses HttpAuth.jwt({ jwtIssuer, jwtAudience }) here.
  defaultAuthorizer: HttpAuth.none(),
  routes: { "POST /reviews": take, "GET /reviews/{id}": look },
});

new Rollout(app, "Rollout", {
  policy: "Canary10Percent5Minutes",
  analysis: { minInvocations: 20, maxWait: Duration.minutes(0), onInconclusive: "promote" },
});
new CfnOutput(stack, "ApiUrl", { value: api.apiEndpoint, description: "Where reviews go in and come out" });
app.synth();

/** A function that takes reviews from a pipe of its own and puts them into the next. Answers its pipe. */
function filter(id: string, entry: string, next: Queue): Queue {
  const fn = new Function(stack, id, { entry, environment: { NEXT_URL: next.queueUrl }, timeout });
  next.grantSendMessages(fn);
  return pipeInto(id, fn);
}

/** The queue before a function. */
function pipeInto(id: string, fn: Function): Queue {
  const pipe = new Queue(stack, `${id}Pipe`);
  pipe.consume(fn);
  new CfnOutput(stack, `${id}DeadLetters`, {
    value: pipe.deadLetterQueue!.queue.queueArn,
    description: `Reviews that ${id} failed for`,
  });
  return pipe;
}

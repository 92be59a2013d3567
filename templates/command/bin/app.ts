import { App, CfnOutput, Duration, Stack } from "aws-cdk-lib";
import { SqsDestination } from "aws-cdk-lib/aws-lambda-destinations";
import { Function, HttpApi, HttpAuth, Queue, Rollout, Table } from "tidegate";

const app = new App();
const stack = new Stack(app, "Command", { description: "One function that dispatches commands to others" });

const parcels = new Table(stack, "Parcels", { partitionKey: "id" });
const failed = new Queue(stack, "Failed", { deadLetterQueue: false, retentionPeriod: Duration.days(14) });

const command = (id: string, entry: string) =>
  new Function(stack, id, {
    entry,
    environment: { TABLE_NAME: parcels.tableName },
    onFailure: new SqsDestination(failed),
  });
const ship = command("Ship1", "functions/commands/ship-1.ts");
parcels.grant(ship, "dynamodb:PutItem");

// A new version gets a line of its own here, and clients of the old one notice nothing.
const commands = {
  "quote@1": command("Quote1", "functions/commands/quote-1.ts"),
  "quote@2": command("Quote2", "functions/commands/quote-2.ts"),
  "ship@1": ship,
};
const aliases = Object.fromEntries(Object.entries(commands).map(([name, fn]) => [name, fn.functionArn]));
const dispatch = new Function(stack, "Dispatch", {
  entry: "functions/dispatch.ts",
  environment: { COMMANDS: stack.toJsonString(aliases) },
  timeout: Duration.seconds(15),
});
for (const fn of Object.values(commands)) fn.grantInvoke(dispatch);

const look = new Function(stack, "Look", {
  entry: "functions/look.ts",
  environment: { TABLE_NAME: parcels.tableName },
});
parcels.grant(look, "dynamodb:GetItem");

const api = new HttpApi(stack, "Api", {
  // Open to try it out. A real app uses HttpAuth.jwt({ jwtIssuer, jwtAudience }) here.
  defaultAuthorizer: HttpAuth.none(),
  routes: { "POST /commands": dispatch, "GET /parcels/{id}": look },
});

new Rollout(app, "Rollout", {
  policy: "Canary10Percent5Minutes",
  analysis: { minInvocations: 20, maxWait: Duration.minutes(0), onInconclusive: "promote" },
});
new CfnOutput(stack, "ApiUrl", { value: api.apiEndpoint, description: "Where commands go in" });
new CfnOutput(stack, "FailedUrl", {
  value: failed.queueUrl,
  description: "Commands that failed without a waiting caller",
});
app.synth();

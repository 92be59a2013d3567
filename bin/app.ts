import { App, CfnOutput, Duration, Stack } from "aws-cdk-lib";
import { Function, HttpApi, HttpAuth, Rollout, Table } from "../lib/index.ts";

const app = new App();
const stack = new Stack(app, "Todo", { description: "A to-do list behind an HTTP API" });

const table = new Table(stack, "Table", { partitionKey: "id" });

/** A function of its own for each verb, with no more rights than the verb needs. */
function todoFunction(id: string, verb: string, action: string): Function {
  const fn = new Function(stack, id, {
    entry: `functions/todo/${verb}.ts`,
    environment: { TABLE_NAME: table.tableName },
  });
  table.grant(fn, action);
  return fn;
}

const api = new HttpApi(stack, "Api", {
  // The example is open to try it out. A real app uses HttpAuth.jwt({ jwtIssuer, jwtAudience }) here.
  defaultAuthorizer: HttpAuth.none(),
  routes: {
    "POST /todos": todoFunction("Create", "create", "dynamodb:PutItem"),
    "GET /todos": todoFunction("List", "list", "dynamodb:Scan"),
    "GET /todos/{id}": todoFunction("Get", "get", "dynamodb:GetItem"),
    "PATCH /todos/{id}": todoFunction("Update", "update", "dynamodb:UpdateItem"),
    "DELETE /todos/{id}": todoFunction("Delete", "delete", "dynamodb:DeleteItem"),
  },
});

new Rollout(app, "Rollout", {
  policy: "Canary10Percent5Minutes",
  // An example has few visitors: judge the evidence after five minutes, and continue where it is too little to judge.
  analysis: { minInvocations: 20, maxWait: Duration.minutes(0), onInconclusive: "promote" },
});
new CfnOutput(stack, "ApiUrl", { value: api.apiEndpoint, description: "Where the API answers" });
app.synth();

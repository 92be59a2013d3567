import { App, CfnOutput, Duration, Stack } from "aws-cdk-lib";
import { DefinitionBody } from "aws-cdk-lib/aws-stepfunctions";
import { Function, HttpApi, HttpAuth, Rollout, StateMachine, Table } from "tidegate";

const app = new App();
const stack = new Stack(app, "Saga", { description: "Trips that are booked as a whole, or not at all" });

const trips = new Table(stack, "Trips", { partitionKey: "id" });
const reservations = new Table(stack, "Reservations", { partitionKey: "id" });

const worker = (id: string, entry: string) =>
  new Function(stack, id, { entry, environment: { TABLE_NAME: reservations.tableName } });
const reserve = worker("Reserve", "functions/reserve.ts");
const cancel = worker("Cancel", "functions/cancel.ts");
const pay = worker("Pay", "functions/pay.ts");
reservations.grant(reserve, "dynamodb:PutItem");
reservations.grant(cancel, "dynamodb:DeleteItem");

const trip = new StateMachine(stack, "Trip", {
  definitionBody: DefinitionBody.fromFile("workflows/trip.asl.json"),
  definitionSubstitutions: {
    Trips: trips.tableName,
    Reserve: reserve.functionArn,
    Cancel: cancel.functionArn,
    Pay: pay.functionArn,
  },
});
for (const step of [reserve, cancel, pay]) step.grantInvoke(trip);
trips.grant(trip, "dynamodb:UpdateItem");

const start = new Function(stack, "Start", {
  entry: "functions/start.ts",
  environment: { TABLE_NAME: trips.tableName, WORKFLOW: trip.stateMachineArn },
});
trips.grant(start, "dynamodb:PutItem");
trip.grantStartExecution(start);

const look = new Function(stack, "Look", {
  entry: "functions/look.ts",
  environment: { TABLE_NAME: trips.tableName, RESERVATIONS: reservations.tableName },
});
trips.grant(look, "dynamodb:GetItem");
reservations.grant(look, "dynamodb:Scan");

const decide = new Function(stack, "Decide", {
  entry: "functions/decide.ts",
  environment: { TABLE_NAME: trips.tableName },
});
trips.grant(decide, "dynamodb:GetItem");
trip.grantTaskResponse(decide);

const api = new HttpApi(stack, "Api", {
  // Open to try it out. A real app uses HttpAuth.jwt({ jwtIssuer, jwtAudience }) here.
  defaultAuthorizer: HttpAuth.none(),
  routes: {
    "POST /trips": start,
    "GET /trips/{id}": look,
    "POST /trips/{id}/decision": decide,
    "GET /reservations": look,
  },
});

new Rollout(app, "Rollout", {
  policy: "Canary10Percent5Minutes",
  analysis: { minInvocations: 20, maxWait: Duration.minutes(0), onInconclusive: "promote" },
});
new CfnOutput(stack, "ApiUrl", { value: api.apiEndpoint, description: "Where trips are booked" });
app.synth();

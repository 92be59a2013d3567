import { App, CfnOutput, Duration, Stack } from "aws-cdk-lib";
import { DefinitionBody } from "aws-cdk-lib/aws-stepfunctions";
import { Bucket, Function, Rollout, Rule, StateMachine, Table } from "tidegate";

const app = new App();
const stack = new Stack(app, "Etl", { description: "Lines of files that become rows of a table" });

const files = new Bucket(stack, "Files", {
  eventBridgeEnabled: true,
  lifecycleRules: [
    { prefix: "in/", expiration: Duration.days(30) },
    { prefix: "refused/", expiration: Duration.days(90) },
  ],
});
const products = new Table(stack, "Products", { partitionKey: "id" });
const reports = new Table(stack, "Reports", { partitionKey: "file" });

const transform = new Function(stack, "Transform", { entry: "functions/transform.ts" });
const refuse = new Function(stack, "Refuse", {
  entry: "functions/refuse.ts",
  environment: { BUCKET: files.bucketName },
});
files.grantPut(refuse, "refused/*");

const load = new StateMachine(stack, "Load", {
  definitionBody: DefinitionBody.fromFile("workflows/load.asl.json"),
  definitionSubstitutions: {
    Transform: transform.functionArn,
    Refuse: refuse.functionArn,
    Products: products.tableName,
    Reports: reports.tableName,
  },
});
for (const step of [transform, refuse]) step.grantInvoke(load);
files.grantRead(load, "in/*");
for (const table of [products, reports]) table.grant(load, "dynamodb:PutItem");

new Rule(stack, "Arrived", {
  description: "Loads every file with lines that arrives",
  eventPattern: {
    source: ["aws.s3"],
    "detail-type": ["Object Created"],
    detail: { bucket: { name: [files.bucketName] }, object: { key: [{ wildcard: "in/*.csv" }] } },
  },
}).to(load);

new Rollout(app, "Rollout", {
  policy: "Canary10Percent5Minutes",
  analysis: { minInvocations: 20, maxWait: Duration.minutes(0), onInconclusive: "promote" },
});
new CfnOutput(stack, "BucketName", { value: files.bucketName, description: "Where files go in, under in/" });
new CfnOutput(stack, "ProductsName", { value: products.tableName, description: "What was loaded" });
new CfnOutput(stack, "ReportsName", { value: reports.tableName, description: "How each file went" });
app.synth();

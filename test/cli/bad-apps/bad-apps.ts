/** Apps that are wrong, by what is wrong: the lines after `const s = new Stack(app, "S")`. */
export const BAD_APPS: Readonly<Record<string, string>> = {
  "a table without a key": 'new Table(s, "T", {});',
  "a table without props": 'new Table(s, "T");',
  "two constructs of one id": 'new Queue(s, "Q");\nnew Queue(s, "Q");',
  "a queue with a misspelt prop": 'new Queue(s, "Q", { visibiltyTimeout: Duration.seconds(5) });',
  "a queue with a delay that is too long": 'new Queue(s, "Q", { deliveryDelay: Duration.minutes(16) });',
  "a queue that keeps messages for too long": 'new Queue(s, "Q", { retentionPeriod: Duration.days(30) });',
  "a function without code": 'new Function(s, "F", {});',
  "a function without props": 'new Function(s, "F");',
  "a function with a misspelt entry": 'new Function(s, "F", { entyr: "functions/a.ts" });',
  "a function whose entry does not exist": 'new Function(s, "F", { entry: "functions/b.ts" });',
  "a function whose handler is not exported": 'new Function(s, "F", { entry: "functions/a.ts", handler: "run" });',
  "a function with too little memory": 'new Function(s, "F", { entry: "functions/a.ts", memorySize: 64 });',
  "a function with too long a timeout":
    'new Function(s, "F", { entry: "functions/a.ts", timeout: Duration.minutes(20) });',
  "a function whose code does not compile": 'new Function(s, "F", { entry: "functions/broken.ts" });',
  "a function that imports what is not there": 'new Function(s, "F", { entry: "functions/lost.ts" });',
  "a function with an environment variable of Lambda":
    'new Function(s, "F", { entry: "functions/a.ts", environment: { AWS_REGION: "x" } });',
  "a function with a memory size that is text": 'new Function(s, "F", { entry: "functions/a.ts", memorySize: "big" });',
  "a function with a name that is too long":
    'new Function(s, "F", { entry: "functions/a.ts", functionName: "x".repeat(65) });',
  "a bucket with a bad name": 'new Bucket(s, "B", { bucketName: "My_Bucket" });',
  "a bucket with an unknown prop": 'new Bucket(s, "B", { versionned: true });',
  "a topic with an unknown prop": 'new Topic(s, "T", { dispalyName: "x" });',
  "a stream with no shards": 'new Stream(s, "K", { shardCount: 0 });',
  "a schedule with a bad expression": 'new Schedule(s, "C", { schedule: "every day", target: fn });',
  "a schedule without a target": 'new Schedule(s, "C", { schedule: "rate(1 day)" });',
  "an API without an authorizer": 'new HttpApi(s, "A", { routes: { "GET /": fn } });',
  "an API with a bad route": 'new HttpApi(s, "A", { routes: { "FETCH /": fn }, defaultAuthorizer: HttpAuth.none() });',
  "a rollout of a policy that does not exist": 'new Rollout(app, "R", { policy: "Canary" });',
  "a rollout with a bad percentage":
    'new Rollout(app, "R", { policy: Rollout.canary({ percent: 120, bake: Duration.minutes(5) }) });',
  "a state machine without a definition": 'new StateMachine(s, "M", {});',
  "a rule without a pattern": 'new Rule(s, "R", {});',
  "a stack with a bad name": 'new Stack(app, "not a name");',
  "a construct without a scope": 'new Queue(undefined, "Q");',
  "a construct without an id": "new Queue(s);",
  "an output of nothing": 'new CfnOutput(s, "O", { value: undefined });',
  "a dependency in a circle": 'const t = new Stack(app, "T");\nt.addDependency(s);\ns.addDependency(t);',
  "an L1 with a wrong type": 'new CfnQueue(s, "Q", { delaySeconds: "soon" });',
  "an error of the user's own": 'throw new Error("the price list is missing\\nask sales");',
  "an error that is not an error": 'throw "just text";',
  "a name that is not defined": "undefinedThing();",
  "a property of undefined": "const settings = undefined;\nsettings.name;",
  "an error in a helper": "helper();",
  "a table with a misspelt key": 'new Table(s, "T", { partitonKey: "id" });',
  "a function with a misspelt environment":
    'new Function(s, "F", { entry: "functions/a.ts", enviroment: { STAGE: "dev" } });',
  "a function with the handler of another tool":
    'new Function(s, "F", { entry: "functions/a.ts", handler: "a.handler" });',
  "a function whose entry is a folder": 'new Function(s, "F", { entry: "functions" });',
  "a function with a number in its environment":
    'new Function(s, "F", { entry: "functions/a.ts", environment: { LIMIT: 5 } });',
  "a function with a timeout in plain seconds": 'new Function(s, "F", { entry: "functions/a.ts", timeout: 30 });',
  "a queue with a timeout in plain seconds": 'new Queue(s, "Q", { visibilityTimeout: 30 });',
  "a route twice":
    'const api = new HttpApi(s, "A", { routes: { "GET /": fn }, defaultAuthorizer: HttpAuth.none() });\napi.addRoute("GET /", fn);',
  "a route to a file":
    'new HttpApi(s, "A", { routes: { "GET /": "functions/a.ts" }, defaultAuthorizer: HttpAuth.none() });',
  "a schedule of five fields": 'new Schedule(s, "C", { schedule: "cron(0 8 * * *)", target: fn });',
  "a filter that can never match": 'new Queue(s, "Q").consume(fn, { filters: [{ body: { kind: [] } }] });',
  "a rule with a misspelt field": 'new Rule(s, "R", { eventPattern: { detailtype: ["Paid"] } }).to(fn);',
  "a bucket's event that does not exist": 'new Bucket(s, "B").on("s3:ObjectCreate:*", fn);',
  "a consumer that is not there": 'new Queue(s, "Q").consume(undefined);',
  "a state machine whose file does not exist":
    'new StateMachine(s, "M", { definitionBody: DefinitionBody.fromFile("m.json") });',
  "two stacks that refer to each other":
    'const t = new Stack(app, "T");\nconst [a, b] = [new Queue(s, "A"), new Queue(t, "B")];\nnew CfnOutput(s, "B", { value: b.queueArn });\nnew CfnOutput(t, "A", { value: a.queueArn });',
  "an import of a package that is not installed": 'await import("left-pad");',
  "an import without its extension": 'await import("./helper");',
  "an import of a name that is not exported": 'await import("./wrong-name.ts");',
  "a syntax error": 'await import("./syntax.ts");',
  "TypeScript that Node.js cannot strip": 'await import("./enum.ts");',
  "two rollouts": 'new Rollout(app, "R", { policy: "AllAtOnce" });\nnew Rollout(s, "R2", { policy: "AllAtOnce" });',
  "many problems at once":
    "for (let index = 0; index < 30; index++) new Queue(s, `Q${index}`, { deliveryDelay: Duration.minutes(16) });",
};

/** Source files that the apps refer to. */
export const SOURCES: Readonly<Record<string, string>> = {
  "functions/a.ts": "export const handler = async () => 1;\n",
  "functions/broken.ts": "export const handler = async () => {\n  return {{;\n};\n",
  "functions/lost.ts": 'import { x } from "./nowhere.ts";\nexport const handler = async () => x;\n',
  "bin/helper.ts": 'export function helper() {\n  throw new RangeError("no region is set");\n}\n',
  "bin/wrong-name.ts": 'import { helpr } from "./helper.ts";\nhelpr();\n',
  "bin/syntax.ts": "export const size = {\n  memory: 512,\n  timeout: ;\n};\n",
  "bin/enum.ts": 'export enum Size {\n  Small = "S",\n}\n',
  "package.json": '{ "name": "bad", "type": "module" }\n',
};

/** The whole text of an app. `lib` is the path of the constructs. */
export function appText(lines: string, lib: string): string {
  const usesFunction = /\bfn\b/.test(lines);
  return `import { App, CfnOutput, Duration, Stack } from "aws-cdk-lib";
import { CfnQueue } from "aws-cdk-lib/aws-sqs";
import { DefinitionBody } from "aws-cdk-lib/aws-stepfunctions";
import * as tidegate from ${JSON.stringify(lib)};
import { helper } from "./helper.ts";

void [CfnOutput, CfnQueue, DefinitionBody, Duration, helper];
const { Bucket, Function, HttpApi, HttpAuth, Queue, Rollout, Rule, Schedule, StateMachine, Stream, Table, Topic } = tidegate;
void [Bucket, HttpApi, HttpAuth, Queue, Rollout, Rule, Schedule, StateMachine, Stream, Table, Topic];
const app = new App({ context: { tidegate: { app: "bad" } } });
const s = new Stack(app, "S");
${usesFunction ? 'const fn = new Function(s, "Fn", { entry: "functions/a.ts" });' : "// no function"}
${lines}
app.synth();
`;
}

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
  "many problems at once":
    "for (let index = 0; index < 30; index++) new Queue(s, `Q${index}`, { deliveryDelay: Duration.minutes(16) });",
};

/** Source files that the apps refer to. */
export const SOURCES: Readonly<Record<string, string>> = {
  "functions/a.ts": "export const handler = async () => 1;\n",
  "functions/broken.ts": "export const handler = async () => {\n  return {{;\n};\n",
  "functions/lost.ts": 'import { x } from "./nowhere.ts";\nexport const handler = async () => x;\n',
  "bin/helper.ts": 'export function helper() {\n  throw new RangeError("no region is set");\n}\n',
  "package.json": '{ "name": "bad", "type": "module" }\n',
};

/** The whole text of an app. `lib` is the path of the constructs. */
export function appText(lines: string, lib: string): string {
  const usesFunction = /\bfn\b/.test(lines);
  return `import { App, CfnOutput, Duration, Stack } from "aws-cdk-lib";
import { CfnQueue } from "aws-cdk-lib/aws-sqs";
import * as tidegate from ${JSON.stringify(lib)};
import { helper } from "./helper.ts";

void [CfnOutput, CfnQueue, Duration, helper];
const { Bucket, Function, HttpApi, HttpAuth, Queue, Rollout, Rule, Schedule, StateMachine, Stream, Table, Topic } = tidegate;
void [Bucket, HttpApi, HttpAuth, Queue, Rollout, Rule, Schedule, StateMachine, Stream, Table, Topic];
const app = new App({ context: { tidegate: { app: "bad" } } });
const s = new Stack(app, "S");
${usesFunction ? 'const fn = new Function(s, "Fn", { entry: "functions/a.ts" });' : "// no function"}
${lines}
app.synth();
`;
}

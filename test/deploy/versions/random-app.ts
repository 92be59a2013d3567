import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CfnOutput, CfnParameter, CustomResource, Fn, NestedStack, Stack } from "aws-cdk-lib";
import { Code, Function as PlainFunction, LayerVersion, Runtime } from "aws-cdk-lib/aws-lambda";
import { Queue } from "aws-cdk-lib/aws-sqs";
import { StringParameter } from "aws-cdk-lib/aws-ssm";
import { Function } from "../../../lib/index.ts";
import { type BuildApp, inlineCode } from "../../helpers/inline-app.ts";

/** The values that everything in the app takes. */
export const VALUES = ["a", "b", "c"] as const;
/** A value. */
export type Value = (typeof VALUES)[number];

/** What functions share. Each name is a way in which a value reaches a version without its template naming it. */
export const SHARED = ["given", "lookedUp", "resolved", "queue", "layer", "custom", "imported", "nested"] as const;
/** Something that functions share. */
export type Shared = (typeof SHARED)[number];

/** What one function is to be. */
export interface WantedFunction {
  readonly code: Value;
  readonly literal: Value;
  /** How the template writes `literal`: out, or as a parameter with that value. Changes no version. */
  readonly isParameter: boolean;
  readonly memory: 128 | 256 | 512;
  /** What it reads of what is shared. */
  readonly uses: readonly Shared[];
  /** Changes the function and no version of it. */
  readonly reserved: 5 | 6;
  readonly isPresent: boolean;
}

/** What the app is to be. */
export interface WantedApp {
  readonly functions: readonly WantedFunction[];
  readonly shared: Readonly<Record<Shared, Value>>;
}

/** What a function of the app answers. */
export interface Answer {
  readonly code: Value;
  readonly literal: Value;
  readonly memory: number;
  readonly shared: Readonly<Partial<Record<Shared, string>>>;
}

/** An app in which everything is `a`, and the functions use a part of what is shared each. */
export function firstApp(count: number): WantedApp {
  const functions = Array.from({ length: count }, (_, index): WantedFunction => {
    const uses = SHARED.filter((_name, place) => (place + index) % 3 === 0);
    return { code: "a", literal: "a", isParameter: false, memory: 128, uses, reserved: 5, isPresent: true };
  });
  return { functions, shared: Object.fromEntries(SHARED.map((name) => [name, "a"])) as Record<Shared, Value> };
}

/** The name of a function. */
export const nameOf = (index: number) => `random-${index}`;

/** What a function answers once it is live as it is wanted; undefined where it is not in the app. */
export function answerOf({ functions, shared }: WantedApp, index: number): Answer | undefined {
  const wanted = functions[index];
  if (wanted?.isPresent !== true) return undefined;
  const { code, literal, memory, uses } = wanted;
  return { code, literal, memory, shared: Object.fromEntries(uses.map((name) => [name, shared[name]])) };
}

const CODE = (value: Value) =>
  inlineCode(`const { LITERAL, AWS_LAMBDA_FUNCTION_MEMORY_SIZE, ...rest } = process.env;
  const shared = Object.entries(rest).filter(([name]) => name.startsWith("SHARED_"));
  const found = Object.fromEntries(shared.map(([name, value]) => [name.slice(7), value.split("-").at(-1)]));
  if ("layer" in found) found.layer = require("shared-layer");
  return { code: "${value}", literal: LITERAL, memory: Number(AWS_LAMBDA_FUNCTION_MEMORY_SIZE), shared: found };`);

/** Answers what it is given, as the provider of a custom resource. */
const ECHO = `exports.handler = async (event) => {
  const { StackId, RequestId, LogicalResourceId, ResponseURL, ResourceProperties } = event;
  const Data = { Value: ResourceProperties.Value };
  const answer = { Status: "SUCCESS", PhysicalResourceId: "echo", StackId, RequestId, LogicalResourceId, Data };
  await fetch(ResponseURL, { method: "PUT", body: JSON.stringify(answer) });
};`;

/** Folders of layers, by the value that the layer's module answers. */
export function makeLayers(): Readonly<Record<Value, string>> {
  const root = mkdtempSync(join(tmpdir(), "tidegate-layers-"));
  const made = VALUES.map((value) => {
    const folder = join(root, value, "nodejs", "node_modules", "shared-layer");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "index.js"), `module.exports = ${JSON.stringify(value)};\n`);
    return [value, join(root, value)] as const;
  });
  return Object.fromEntries(made) as Record<Value, string>;
}

/** The parameter that an SSM-typed parameter of the template looks up. */
export const LOOKED_UP = "/random/looked-up";
/** The parameter that a dynamic reference names, with a version for each of `VALUES`. */
export const RESOLVED = "/random/resolved";

/** Builds the app as it is wanted. */
export function buildApp({ functions, shared }: WantedApp, layers: Readonly<Record<Value, string>>): BuildApp {
  return (stack, app) => {
    stack.addStackDependency(exporter(app));
    const given = new CfnParameter(stack, "Given", { default: "none" });
    const lookedUp = new CfnParameter(stack, "LookedUp", {
      type: "AWS::SSM::Parameter::Value<String>",
      default: LOOKED_UP,
    });
    const sameAs = Object.fromEntries(
      VALUES.map((value) => [value, new CfnParameter(stack, `Same${value}`, { default: value }).valueAsString]),
    );
    const queue = new Queue(stack, "Queue", { queueName: `random-${shared.queue}` });
    const layer = new LayerVersion(stack, "Layer", { code: Code.fromAsset(layers[shared.layer]) });
    const nested = new StringParameter(new NestedStack(stack, "Nested"), "Value", { stringValue: shared.nested });
    const values: Readonly<Record<Shared, string>> = {
      given: given.valueAsString,
      lookedUp: lookedUp.valueAsString,
      resolved: `{{resolve:ssm:${RESOLVED}:${VALUES.indexOf(shared.resolved) + 1}}}`,
      queue: queue.queueName,
      layer: layer.layerVersionArn,
      custom: echo(stack, shared.custom),
      imported: Fn.importValue(`random-${shared.imported}`),
      nested: nested.stringValue,
    };
    functions.forEach(({ code, literal, isParameter, memory, uses, reserved, isPresent }, index) => {
      if (!isPresent) return;
      const read = uses.map((name) => [`SHARED_${name}`, values[name]] as const);
      const fn = new Function(stack, `Fn${index}`, {
        functionName: nameOf(index),
        code: CODE(code),
        memorySize: memory,
        reservedConcurrentExecutions: reserved,
        environment: { LITERAL: isParameter ? (sameAs[literal] ?? literal) : literal, ...Object.fromEntries(read) },
        layers: uses.includes("layer") ? [layer] : [],
      });
      if (uses.includes("queue")) queue.grantSendMessages(fn);
    });
  };
}

/** A value that passes through a custom resource. */
function echo(stack: Stack, value: Value): string {
  const provider = new PlainFunction(stack, "Echo", {
    runtime: Runtime.NODEJS_22_X,
    handler: "index.handler",
    code: Code.fromInline(ECHO),
  });
  const resource = new CustomResource(stack, "Echoed", {
    serviceToken: provider.functionArn,
    properties: { Value: value },
  });
  return resource.getAttString("Value");
}

/** A stack that exports each value under a name. */
function exporter(app: Parameters<BuildApp>[1]): Stack {
  const stack = new Stack(app, "Exports");
  new StringParameter(stack, "Anything", { stringValue: "exports need a resource" });
  for (const value of VALUES) new CfnOutput(stack, `Out${value}`, { value, exportName: `random-${value}` });
  return stack;
}

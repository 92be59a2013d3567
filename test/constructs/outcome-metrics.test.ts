import type { Stack } from "aws-cdk-lib";
import { LambdaIntegration, RestApi } from "aws-cdk-lib/aws-apigateway";
import { FunctionUrl, FunctionUrlAuthType } from "aws-cdk-lib/aws-lambda";
import { expect, test } from "vitest";
import { Function, HookFunction, HttpApi, HttpAuth, Queue, type FunctionProps } from "../../lib/index.ts";
import { HELLO, releaseOf, templateOf, testStack } from "../helpers/template.ts";

function handlerOf(route: (fn: Function, stack: Stack) => void, props: Partial<FunctionProps> = {}) {
  const { stack } = testStack();
  route(new Function(stack, "F", { entry: HELLO, ...props }), stack);
  const template = templateOf(stack);
  const functions = Object.values(template.findResources("AWS::Lambda::Function"));
  const handlers = functions.map(({ Properties }) => (Properties as { Handler: string }).Handler);
  return { handlers, outcomes: releaseOf(template).members[0]?.outcomes };
}

const http = (fn: Function, stack: Stack) =>
  void new HttpApi(stack, "Api", { defaultAuthorizer: HttpAuth.none(), routes: { "GET /": fn } });

test.each<[string, (fn: Function, stack: Stack) => void]>([
  ["an HTTP API", http],
  ["a REST API", (fn, stack) => void new RestApi(stack, "Api").root.addMethod("GET", new LambdaIntegration(fn))],
  ["a URL of its own", (fn) => void fn.addFunctionUrl({ authType: FunctionUrlAuthType.AWS_IAM })],
  [
    "a URL made beside it",
    (fn, stack) => void new FunctionUrl(stack, "Url", { function: fn, authType: FunctionUrlAuthType.NONE }),
  ],
])("a function that is called by %s reports its outcomes", (_name, route) => {
  expect(handlerOf(route)).toMatchObject({ handlers: ["outcome.handler"], outcomes: true });
});

test("a function without a route does not, unless it is set to", () => {
  const queue = (fn: Function, stack: Stack) => void new Queue(stack, "Queue").consume(fn);
  expect(handlerOf(queue)).toEqual({ handlers: ["index.handler"], outcomes: undefined });
  expect(handlerOf(queue, { outcomeMetrics: true })).toEqual({ handlers: ["outcome.handler"], outcomes: true });
});

test("a function that is set not to does not, with or without a route", () => {
  expect(handlerOf(http, { outcomeMetrics: false })).toEqual({ handlers: ["index.handler"], outcomes: undefined });
});

test("a hook does not", () => {
  const hook = (_fn: Function, stack: Stack) => void new HookFunction(stack, "Hook", { entry: HELLO });
  expect(handlerOf(hook).handlers).toEqual(["index.handler", "index.handler"]);
});

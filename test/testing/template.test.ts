import { App, Stack } from "aws-cdk-lib";
import { expect, test } from "vitest";
import { Function } from "../../lib/index.ts";
import { templateOf } from "../../lib/testing/testing.ts";
// oxlint-disable-next-line import/no-unassigned-import -- it registers its matchers
import "../../lib/testing/vitest.ts";

function stackOf(entry: string, app = new App()): Stack {
  const stack = new Stack(app, "Greeting");
  // oxlint-disable-next-line no-new -- a construct is part of its scope
  new Function(stack, "Greet", { entry: `test/fixtures/testing/${entry}.ts`, handler: "handler" });
  return stack;
}

test("other code gives the same template, and other settings another one", () => {
  const [greet, page] = ["greet", "page"].map((entry) => JSON.stringify(templateOf(stackOf(entry))));
  expect(page).toBe(greet);
  expect(greet).toContain("<hash>.zip");
  const stack = stackOf("greet");
  stack.templateOptions.description = "Greets whom it knows";
  expect(JSON.stringify(templateOf(stack))).not.toBe(greet);
});

test("a template has a snapshot", () => {
  expect(stackOf("greet")).toMatchTemplateSnapshot();
  expect(() => expect(new App()).toMatchTemplateSnapshot()).toThrow(/is not a stack of its app/);
});

test("a stack is synthesised without bundling where its app says so", () => {
  const app = new App({ context: { "aws:cdk:bundling-stacks": [] } });
  expect(JSON.stringify(templateOf(stackOf("greet", app)))).toContain("not-bundled.zip");
});

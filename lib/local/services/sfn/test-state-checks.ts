import type { AslState } from "../../../util/asl/definition.ts";
import { AwsError } from "../../aws-error.ts";
import { invalid } from "./errors.ts";
import type { Trial } from "./run/scope.ts";
import type { Input } from "./context.ts";

const MOCKED = new Set(["Task", "Map", "Parallel"]);

/** Refuses what cannot be tested without a mock, in AWS's words. */
export function checkTestable(state: AslState, { mock, roleArn, stateConfiguration }: Input<"TestState">): void {
  if (mock !== undefined) return;
  if (stateConfiguration?.mapIterationFailureCount !== undefined) {
    throw invalid("TestState does not support MapIterationFailureCount when a mock is not specified.");
  }
  if (state.Type === "Map" || state.Type === "Parallel") {
    throw new AwsError(
      "InvalidDefinition",
      "TestState API does not support Map or Parallel states. Supported state types include: [Task, Wait, Pass, Succeed, Fail, Choice]",
    );
  }
  if (state.Type !== "Task") return;
  if (roleArn === undefined) throw invalid("RoleArn must be specified when testing a Task state");
  if (/\.(sync|waitForTaskToken)|:activity:/.test(state.Resource ?? "")) {
    throw invalid("TestState supports activities, .sync and .waitForTaskToken only when a mock is specified");
  }
}

/** What a mock says that the state's work came to. */
export function checkMock(state: AslState, input: Input<"TestState">): Trial["mock"] {
  const { mock, stateConfiguration } = input;
  if (mock === undefined) return undefined;
  if (mock.result !== undefined && mock.errorOutput !== undefined) {
    throw invalid("A test mock should have only one of the following fields: [result, errorOutput].");
  }
  if (!MOCKED.has(state.Type)) throw invalid(`State type '${state.Type}' is not supported when a mock is specified`);
  if (mock.errorOutput !== undefined) {
    return { error: mock.errorOutput.error ?? "", cause: mock.errorOutput.cause };
  }
  const output = mock.result ?? "{}";
  const result = parseResult(output);
  if (state.Type === "Parallel") checkBranches(state, result);
  if (state.Type === "Map") {
    const failure = checkIterations(state, result, stateConfiguration?.mapIterationFailureCount ?? 0);
    if (failure !== undefined) return failure;
  }
  return { output };
}

function parseResult(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw invalid("Mocked result must be valid JSON");
  }
}

function checkBranches({ Branches = [] }: AslState, result: unknown): void {
  if (!Array.isArray(result)) throw invalid("Mocked result must be an array.");
  if (result.length !== Branches.length) {
    throw invalid("Mocked result must contain the same number of items as number of Parallel branches.");
  }
}

function checkIterations(state: AslState, result: unknown, failures: number): Trial["mock"] {
  if (state["ResultWriter"] !== undefined) return undefined;
  if (!Array.isArray(result)) throw invalid("Mocked result must be an array.");
  if (failures > result.length) {
    throw invalid("Map iteration failure count must be less than or equal to the number of Map iterations");
  }
  const count = Number(state["ToleratedFailureCount"] ?? 0);
  const percentage = Number(state["ToleratedFailurePercentage"] ?? 0);
  // Where neither is set, the mocked result counts, regardless of failures.
  const isTolerated =
    (count === 0 || failures <= count) && (percentage === 0 || (failures / result.length) * 100 <= percentage);
  if (isTolerated) return undefined;
  return {
    error: "States.ExceedToleratedFailureThreshold",
    cause: "The specified tolerated failure threshold was exceeded",
  };
}

/** The context object that the caller made up. */
export function readContext(text: string): Record<string, unknown> {
  const refuse = (what: string) => invalid(`Invalid Context object provided: ${what}`);
  let context: unknown;
  try {
    context = JSON.parse(text);
  } catch {
    throw refuse("it must be valid JSON");
  }
  if (typeof context !== "object" || context === null || Array.isArray(context)) throw refuse("it must be an object");
  const given = context as Record<string, unknown>;
  if (given["Map"] !== undefined) throw refuse("'Map' field is not supported when mocking a Context object");
  const id = (given["Execution"] as { Id?: unknown } | undefined)?.Id;
  if (id !== undefined && typeof id !== "string") throw refuse("Execution.Id must be a string");
  return given;
}

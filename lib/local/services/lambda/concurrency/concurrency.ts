import { constraintProblem } from "../../../kit/constraint-text.ts";
import { AwsError } from "../../../aws-error.ts";
import type { RequestContext } from "../../../service.ts";
import { LEAST_UNRESERVED } from "../invoke/concurrency-gate.ts";
import type { Input, Lambda, Output } from "../context.ts";
import { keyOf } from "../lambda-state.ts";
import { readFunctionRef } from "../functions/names.ts";
import { invalid } from "../errors.ts";

/** Reserves concurrency for a function, and thereby limits it. */
export function putFunctionConcurrency(
  lambda: Lambda,
  input: Input<"PutFunctionConcurrency">,
  context: RequestContext,
): Output<"PutFunctionConcurrency"> {
  const ref = readFunctionRef(input.FunctionName, undefined, context);
  const wanted = input.ReservedConcurrentExecutions ?? 0;
  if (wanted < 0)
    throw invalid([
      constraintProblem(wanted, "reservedConcurrentExecutions", "Member must have value greater than or equal to 0"),
    ]);
  const record = lambda.state.function(ref);
  const left = lambda.gate.unreservedLimit(ref.region) + (record.reservedConcurrency ?? 0) - wanted;
  if (left < LEAST_UNRESERVED)
    throw new AwsError(
      "InvalidParameterValueException",
      `Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [${LEAST_UNRESERVED}].`,
    );
  lambda.state.functions.put(keyOf(ref), { ...record, reservedConcurrency: wanted });
  lambda.gate.reservationsChanged();
  return { ReservedConcurrentExecutions: wanted };
}

/** Returns a function's reserved concurrency; empty where it has none. */
export function getFunctionConcurrency(
  lambda: Lambda,
  input: Input<"GetFunctionConcurrency">,
  context: RequestContext,
): Output<"GetFunctionConcurrency"> {
  const ref = readFunctionRef(input.FunctionName, undefined, context);
  const { reservedConcurrency } = lambda.state.function(ref);
  return reservedConcurrency === undefined ? {} : { ReservedConcurrentExecutions: reservedConcurrency };
}

/** Removes a function's reserved concurrency. */
export function deleteFunctionConcurrency(
  lambda: Lambda,
  input: Input<"DeleteFunctionConcurrency">,
  context: RequestContext,
): object {
  const ref = readFunctionRef(input.FunctionName, undefined, context);
  const { reservedConcurrency: _gone, ...record } = lambda.state.function(ref);
  lambda.state.functions.put(keyOf(ref), record);
  lambda.gate.reservationsChanged();
  return {};
}

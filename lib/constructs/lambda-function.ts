import { Duration, Lazy } from "aws-cdk-lib";
import {
  Architecture,
  CfnFunction,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  Tracing,
} from "aws-cdk-lib/aws-lambda";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";
import { OUTCOME_MODULE } from "../bundle/bundle-request.ts";
import { BundledCode } from "./bundled-code.ts";
import { BUNDLING_OPTIONS, completeBundlingOptions } from "./bundling-options.ts";
import { type FunctionProps, SHARED_FUNCTION_PROPS } from "./function-props.ts";
import { functionRole } from "./function-role.ts";
import { environmentProblems, functionProblems } from "./function-rules.ts";
import { pickProps, refuseUnknownProps } from "./known-props.ts";
import { addCheck, addProblems } from "./problems.ts";
import { resourceOf } from "./resource-of.ts";
import type { ReportedOutcomes } from "./reported-outcomes.ts";
import { dataRemovalPolicy } from "./stage-settings.ts";

const SOURCE_MAPS = "--enable-source-maps";

/** Makes the unqualified function with its role and its log group, and checks its props. */
export function makeLambdaFunction(
  scope: Construct,
  id: string,
  given: FunctionProps,
  outcomes?: ReportedOutcomes,
): LambdaFunction {
  const problems = functionProblems(given);
  addProblems(scope, problems);
  refuseUnknownProps(scope, given.bundling ?? {}, BUNDLING_OPTIONS, "bundling");
  const props = problems.length === 0 ? given : { entry: given.entry, code: given.code, bundling: given.bundling };
  const runtime = props.runtime ?? Runtime.NODEJS_24_X;
  const logGroup = props.logGroup ?? addLogGroup(scope, props);
  const code = props.code ?? bundledCode(scope, props, runtime, outcomes);
  const tracing = props.tracing ?? Tracing.ACTIVE;
  const isTraced = tracing !== Tracing.DISABLED;
  const lambda = new LambdaFunction(scope, id, {
    architecture: Architecture.ARM_64,
    memorySize: 256,
    timeout: Duration.seconds(10),
    loggingFormat: LoggingFormat.JSON,
    ...pickProps(props, SHARED_FUNCTION_PROPS),
    code,
    runtime,
    handler: code instanceof BundledCode ? entryHandler(props, outcomes) : (props.handler ?? "index.handler"),
    role: props.role ?? functionRole(scope, "Role", { logGroup, tracing: isTraced, inVpc: props.vpc !== undefined }),
    environment: environment(props, code instanceof BundledCode),
    layers: props.layers === undefined ? undefined : [...props.layers],
    logGroup,
    ...(props.role !== undefined && isTraced && { tracing }),
  });
  const resource = resourceOf(lambda, CfnFunction);
  // Through the L2's prop it would add a policy resource for each function: its own role has the statement already.
  if (isTraced) resource.tracingConfig = { mode: tracing };
  addCheck(scope, () => environmentProblems(environmentOf(lambda, resource)));
  if (code instanceof BundledCode) addCheck(scope, () => code.problems());
  return lambda;
}

function addLogGroup(scope: Construct, props: FunctionProps): LogGroup {
  return new LogGroup(scope, "Log", {
    retention: props.logRetention ?? RetentionDays.ONE_MONTH,
    removalPolicy: props.logRemovalPolicy ?? dataRemovalPolicy(scope),
  });
}

/** Known once all routes are: a function without any is called directly. */
function entryHandler(props: FunctionProps, outcomes: ReportedOutcomes | undefined): string {
  const direct = `index.${exportName(props)}`;
  if (outcomes?.isPackaged !== true) return direct;
  const produce = () => (outcomes.isReported() ? `${OUTCOME_MODULE}.${exportName(props)}` : direct);
  return Lazy.string({ produce });
}

function bundledCode(
  scope: Construct,
  props: FunctionProps,
  runtime: Runtime,
  outcomes: ReportedOutcomes | undefined,
): BundledCode {
  const projectFolder = process.cwd();
  const outcomeOf = outcomes?.isPackaged === true ? exportName(props) : undefined;
  return new BundledCode(scope, {
    entry: props.entry ?? "",
    exportName: exportName(props),
    options: completeBundlingOptions(props.bundling ?? {}, runtime, projectFolder, outcomeOf),
    projectFolder,
  });
}

function exportName(props: FunctionProps): string {
  return props.handler ?? "handler";
}

function environment(props: FunctionProps, isBundled: boolean): Record<string, string> {
  const given = { ...props.environment };
  if (!isBundled || props.bundling?.sourceMap === false) return given;
  const { NODE_OPTIONS: nodeOptions } = given;
  if (nodeOptions === undefined) return { ...given, NODE_OPTIONS: SOURCE_MAPS };
  return nodeOptions.includes(SOURCE_MAPS) ? given : { ...given, NODE_OPTIONS: `${nodeOptions} ${SOURCE_MAPS}` };
}

function environmentOf(lambda: LambdaFunction, resource: CfnFunction): Map<string, unknown> {
  const resolved = lambda.stack.resolve(resource.environment) as { variables?: Record<string, unknown> } | undefined;
  return new Map(Object.entries(resolved?.variables ?? {}));
}

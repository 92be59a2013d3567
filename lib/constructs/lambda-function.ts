import { Duration } from "aws-cdk-lib";
import {
  Architecture,
  type CfnFunction,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
} from "aws-cdk-lib/aws-lambda";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";
import { BundledCode } from "./bundled-code.ts";
import { completeBundlingOptions } from "./bundling-options.ts";
import type { FunctionProps } from "./function-props.ts";
import { functionRole } from "./function-role.ts";
import { environmentProblems, functionProblems } from "./function-rules.ts";
import { addCheck, addProblems } from "./problems.ts";
import { dataRemovalPolicy } from "./stage-settings.ts";

const SOURCE_MAPS = "--enable-source-maps";

/** Makes the unqualified function with its role and its log, and watches over what the user gave. */
export function makeLambdaFunction(scope: Construct, id: string, given: FunctionProps): LambdaFunction {
  const problems = functionProblems(given);
  addProblems(scope, problems);
  const props = problems.length === 0 ? given : { entry: given.entry, code: given.code, bundling: given.bundling };
  const runtime = props.runtime ?? Runtime.NODEJS_24_X;
  const tracing = props.tracing ?? true;
  const logGroup = new LogGroup(scope, "Log", {
    retention: props.logRetention ?? RetentionDays.ONE_MONTH,
    removalPolicy: dataRemovalPolicy(scope),
  });
  const code = props.code ?? bundledCode(scope, props, runtime);
  const lambda = new LambdaFunction(scope, id, {
    ...sharedOptions(props),
    code,
    runtime,
    handler: code instanceof BundledCode ? `index.${exportName(props)}` : (props.handler ?? "index.handler"),
    role: props.role ?? functionRole(scope, "Role", { logGroup, tracing, inVpc: props.vpc !== undefined }),
    architecture: props.architecture ?? Architecture.ARM_64,
    memorySize: props.memorySize ?? 256,
    timeout: props.timeout ?? Duration.seconds(10),
    environment: environment(props, code instanceof BundledCode),
    layers: props.layers === undefined ? undefined : [...props.layers],
    loggingFormat: LoggingFormat.JSON,
    logGroup,
  });
  const resource = lambda.node.defaultChild as CfnFunction;
  // Through the L2's property it would cost a policy resource for each function: the role has the statement already.
  if (tracing) resource.tracingConfig = { mode: "Active" };
  addCheck(scope, () => environmentProblems(environmentOf(lambda, resource)));
  if (code instanceof BundledCode) addCheck(scope, () => code.problems());
  return lambda;
}

function bundledCode(scope: Construct, props: FunctionProps, runtime: Runtime): BundledCode {
  const projectFolder = process.cwd();
  return new BundledCode(scope, {
    entry: props.entry ?? "",
    exportName: exportName(props),
    options: completeBundlingOptions(props.bundling ?? {}, runtime, projectFolder),
    projectFolder,
  });
}

function exportName(props: FunctionProps): string {
  return props.handler ?? "handler";
}

function sharedOptions(props: FunctionProps) {
  return {
    allowAllOutbound: props.allowAllOutbound,
    allowPublicSubnet: props.allowPublicSubnet,
    codeSigningConfig: props.codeSigningConfig,
    deadLetterQueue: props.deadLetterQueue,
    deadLetterTopic: props.deadLetterTopic,
    description: props.description,
    environmentEncryption: props.environmentEncryption,
    ephemeralStorageSize: props.ephemeralStorageSize,
    filesystem: props.filesystem,
    functionName: props.functionName,
    initialPolicy: props.initialPolicy,
    reservedConcurrentExecutions: props.reservedConcurrentExecutions,
    runtimeManagementMode: props.runtimeManagementMode,
    securityGroups: props.securityGroups,
    vpc: props.vpc,
    vpcSubnets: props.vpcSubnets,
  };
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

import { ArnFormat } from "aws-cdk-lib";
import type { Metric, MetricOptions } from "aws-cdk-lib/aws-cloudwatch";
import type { Grant, IGrantable, IPrincipal, IRole } from "aws-cdk-lib/aws-iam";
import {
  Alias,
  type AliasReference,
  type Architecture,
  type CfnFunction,
  type EventInvokeConfigOptions,
  type IAlias,
  type ILayerVersion,
  Function as LambdaFunction,
  QualifiedFunctionBase,
  Version,
} from "aws-cdk-lib/aws-lambda";
import { SqsDestination } from "aws-cdk-lib/aws-lambda-destinations";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";
import type { ReleaseMember } from "../assembly/release-metadata.ts";
import { addDeadLetterQueue } from "./dead-letter-queue.ts";
import type { FunctionProps } from "./function-props.ts";
import { makeLambdaFunction } from "./lambda-function.ts";
import { addLiveAlias, type LiveAlias } from "./live-alias.ts";
import { membersOfRole, registerMemberRole } from "./member-roles.ts";
import { logicalIdOf, ReleaseRegistry } from "./release-registry.ts";

const DEFAULT_ALIAS = "live";

/**
 * A Lambda function, seen through its alias. Wherever aws-cdk-lib takes an `IFunction`, this one means the alias:
 * routes, permissions, event sources, URLs and grants never reach `$LATEST`.
 *
 * A new version is published when something that is part of a version changes in the template: code, environment,
 * layers, memory, role, … and the defaults of parameters that they refer to. What changes only while deploying (a
 * parameter's value given by hand, the name of a table that CloudFormation replaces) comes with the next version.
 */
export class Function extends QualifiedFunctionBase implements IAlias {
  /** A function that is deployed elsewhere, through its alias. `functionArn` has no qualifier. */
  static fromFunctionArn(scope: Construct, id: string, functionArn: string, aliasName = DEFAULT_ALIAS): IAlias {
    return importAlias(scope, id, { functionArn }, aliasName);
  }

  /** A function of the same account and region that is deployed elsewhere, through its alias. */
  static fromFunctionName(scope: Construct, id: string, functionName: string, aliasName = DEFAULT_ALIAS): IAlias {
    const lambda = LambdaFunction.fromFunctionName(scope, `${id}Function`, functionName);
    return aliasOf(scope, id, lambda, aliasName);
  }

  /** The function without a qualifier: for what belongs to the function itself, never for triggers. */
  readonly lambda: LambdaFunction;
  readonly aliasName: string;
  /** The version that this template publishes. */
  readonly version: Version;
  readonly architecture: Architecture;
  protected readonly qualifier: string;
  protected readonly canCreatePermissions = true;
  readonly #live: LiveAlias;
  readonly #calls = new Set<string>();
  /** Somebody said where events go that the function failed for. */
  #isAsyncConfigured: boolean;

  constructor(scope: Construct, id: string, props: FunctionProps) {
    super(scope, id, { physicalName: props.aliasName ?? DEFAULT_ALIAS });
    this.lambda = makeLambdaFunction(this, "Function", props);
    this.aliasName = this.physicalName;
    this.architecture = this.lambda.architecture;
    this._connections = props.vpc === undefined ? undefined : this.lambda.connections;
    this.#live = addLiveAlias(this, {
      lambda: this.lambda,
      resource: this.lambda.node.defaultChild as CfnFunction,
      aliasName: this.aliasName,
      description: props.aliasDescription,
      provisionedConcurrency: props.provisionedConcurrency,
    });
    this.version = this.#live.version;
    this.qualifier = this.aliasName;
    this.#isAsyncConfigured = props.deadLetterQueue !== undefined || props.deadLetterTopic !== undefined;
    if (props.asyncInvoke !== undefined) this.configureAsyncInvoke(props.asyncInvoke);
    registerMemberRole(this.role, this.node.path, (path) => this.#calls.add(path));
    const { lambda, aliasName } = this;
    const { shift = "policy", smokeTest } = props;
    const codeDeploy = { scope: this, lambda, aliasName, shift };
    ReleaseRegistry.of(this).addMember(lambda.functionArn, () => this.#member(shift, smokeTest), codeDeploy);
  }

  /** ARN with the alias. */
  get functionArn(): string {
    return this.getResourceArnAttribute(this.#live.alias.ref, {
      service: "lambda",
      resource: "function",
      resourceName: `${this.lambda.functionName}:${this.aliasName}`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
  }

  /** Name with the alias, taken from the alias's ARN so that whoever uses it waits for the alias. */
  get functionName(): string {
    const { resourceName } = this.stack.splitArn(this.functionArn, ArnFormat.COLON_RESOURCE_NAME);
    return `${resourceName}:${this.aliasName}`;
  }

  get aliasRef(): AliasReference {
    return { aliasArn: this.functionArn };
  }

  get role(): IRole | undefined {
    return this.lambda.role;
  }

  get grantPrincipal(): IPrincipal {
    return this.lambda.grantPrincipal;
  }

  /** Sets an environment variable: comes with the next version. */
  addEnvironment(name: string, value: string): this {
    this.lambda.addEnvironment(name, value);
    return this;
  }

  /** Adds layers: they come with the next version. */
  addLayers(...layers: ILayerVersion[]): void {
    this.lambda.addLayers(...layers);
  }

  /** Retries, maximum age and destinations of asynchronous invocations of the alias. */
  override configureAsyncInvoke(options: EventInvokeConfigOptions): void {
    this.#isAsyncConfigured = true;
    super.configureAsyncInvoke(options);
    // It names the alias by its plain name, so that CloudFormation sees no order between them.
    this.node.findChild("EventInvokeConfig").node.addDependency(this.#live.alias);
  }

  /**
   * Keeps events that came asynchronously, were tried again and still failed. Topics, rules and buckets that have dead
   * letters call it: theirs are otherwise only those that the function was never given. Does nothing where
   * `asyncInvoke`, `deadLetterQueue`, `deadLetterTopic` or an earlier trigger said where such events go. Without a queue,
   * one of the function's own keeps them for 14 days.
   */
  keepFailedEvents(queue?: IQueue): void {
    if (this.#isAsyncConfigured) return;
    this.configureAsyncInvoke({ onFailure: new SqsDestination(queue ?? addDeadLetterQueue(this, "DeadLetters")) });
  }

  /** Lets somebody invoke the alias. A function that calls this one shifts after it and rolls back before it. */
  override grantInvoke(grantee: IGrantable): Grant {
    for (const member of membersOfRole(grantee.grantPrincipal)) member.calls(this.node.path);
    return super.grantInvoke(grantee);
  }

  /** A metric of the alias: all versions that it points at together. */
  override metric(metricName: string, props: MetricOptions = {}): Metric {
    const { functionName } = this.lambda;
    const dimensionsMap = { FunctionName: functionName, Resource: `${functionName}:${this.aliasName}` };
    return super.metric(metricName, { dimensionsMap, ...props });
  }

  #member(shift: ReleaseMember["shift"], smokeTest: FunctionProps["smokeTest"]): ReleaseMember {
    const { alias, versionResource, parameter } = this.#live;
    return {
      kind: "function",
      path: this.node.path,
      resource: logicalIdOf(this.lambda.node.defaultChild as CfnFunction),
      version: logicalIdOf(versionResource),
      alias: logicalIdOf(alias),
      aliasName: this.aliasName,
      parameter: logicalIdOf(parameter),
      calls: [...this.#calls].sort(),
      shift,
      ...(smokeTest === undefined ? {} : { smokeTest }),
    };
  }
}

function importAlias(scope: Construct, id: string, attributes: { functionArn: string }, aliasName: string): IAlias {
  return aliasOf(scope, id, LambdaFunction.fromFunctionArn(scope, `${id}Function`, attributes.functionArn), aliasName);
}

function aliasOf(
  scope: Construct,
  id: string,
  lambda: ReturnType<typeof LambdaFunction.fromFunctionArn>,
  aliasName: string,
) {
  const aliasVersion = Version.fromVersionAttributes(scope, `${id}Version`, { lambda, version: aliasName });
  return Alias.fromAliasAttributes(scope, id, { aliasName, aliasVersion });
}

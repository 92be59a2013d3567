import { ArnFormat } from "aws-cdk-lib";
import type { Metric, MetricOptions } from "aws-cdk-lib/aws-cloudwatch";
import type { Grant, IGrantable, IPrincipal, IRole } from "aws-cdk-lib/aws-iam";
import {
  Alias,
  type AliasReference,
  type Architecture,
  type CfnFunction,
  type EventInvokeConfigOptions,
  type FunctionAttributes,
  type FunctionUrl,
  type FunctionUrlOptions,
  type IAlias,
  type IFunction,
  type ILayerVersion,
  Function as LambdaFunction,
  type Permission,
  QualifiedFunctionBase,
  Version,
} from "aws-cdk-lib/aws-lambda";
import { SqsDestination } from "aws-cdk-lib/aws-lambda-destinations";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import type { ReleaseMember } from "../assembly/release-metadata.ts";
import { addDeadLetterQueue } from "./dead-letter-queue.ts";
import { ASYNC_INVOKE_PROPS, FUNCTION_PROPS, type FunctionProps } from "./function-props.ts";
import { givenProps } from "./given-props.ts";
import { pickProps, refuseUnknownProps } from "./known-props.ts";
import { makeLambdaFunction } from "./lambda-function.ts";
import { addLiveAlias, type LiveAlias } from "./live-alias.ts";
import { membersOfRole, registerMemberRole } from "./member-roles.ts";
import { logicalIdOf, ReleaseRegistry } from "./release-registry.ts";
import { isRoute, ReportedOutcomes } from "./reported-outcomes.ts";

const DEFAULT_ALIAS = "live";

/**
 * A Lambda function, seen through its alias. Wherever aws-cdk-lib takes an `IFunction`, this one means the alias:
 * routes, permissions, event sources, URLs and grants never reach `$LATEST`.
 *
 * A new version is published when something that is part of a version changes in the template: code, environment,
 * layers, memory, role and the like, and the defaults of parameters that they refer to. What changes only at deploy time
 * (a parameter's value given by hand, the name of a table that CloudFormation replaces) is part of the next version.
 */
export class Function extends QualifiedFunctionBase implements IAlias {
  /** The alias of a function that is deployed elsewhere. `functionArn` has no qualifier. */
  static fromFunctionArn(scope: Construct, id: string, functionArn: string, aliasName = DEFAULT_ALIAS): IAlias {
    return Function.fromFunctionAttributes(scope, id, { functionArn }, aliasName);
  }

  /** As `fromFunctionArn`, with the function's role, security group and architecture where grants need them. */
  static fromFunctionAttributes(
    scope: Construct,
    id: string,
    attributes: FunctionAttributes,
    aliasName = DEFAULT_ALIAS,
  ): IAlias {
    const imported = new Construct(scope, id);
    return importAlias(imported, LambdaFunction.fromFunctionAttributes(imported, "Function", attributes), aliasName);
  }

  /** The alias of a function of the same account and region that is deployed elsewhere. */
  static fromFunctionName(scope: Construct, id: string, functionName: string, aliasName = DEFAULT_ALIAS): IAlias {
    const imported = new Construct(scope, id);
    return importAlias(imported, LambdaFunction.fromFunctionName(imported, "Function", functionName), aliasName);
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
  readonly #outcomes: ReportedOutcomes;
  /** The app has said where events go that the function failed for. */
  #isAsyncConfigured: boolean;

  constructor(scope: Construct, id: string, props: FunctionProps) {
    super(scope, id, { physicalName: givenProps(scope, id, props).aliasName ?? DEFAULT_ALIAS });
    refuseUnknownProps(this, props, FUNCTION_PROPS);
    this.#outcomes = new ReportedOutcomes(props);
    this.lambda = makeLambdaFunction(this, "Function", props, this.#outcomes);
    this.aliasName = this.physicalName;
    this.architecture = this.lambda.architecture;
    this._connections = props.vpc === undefined ? undefined : this.lambda.connections;
    this.#live = addLiveAlias(this, {
      lambda: this.lambda,
      resource: this.lambda.node.defaultChild as CfnFunction,
      aliasName: this.aliasName,
      description: props.aliasDescription,
      provisionedConcurrency: props.provisionedConcurrentExecutions,
    });
    this.version = this.#live.version;
    this.qualifier = this.aliasName;
    this.#isAsyncConfigured =
      (props.deadLetterQueue ?? props.deadLetterTopic) !== undefined || props.deadLetterQueueEnabled === true;
    const asyncInvoke = pickProps(props, ASYNC_INVOKE_PROPS);
    if (Object.keys(asyncInvoke).length > 0) this.configureAsyncInvoke(asyncInvoke);
    registerMemberRole(this.role, this.node.path, (path) => this.#calls.add(path));
    const { lambda, aliasName } = this;
    const { shift = "policy", smokeTest } = props;
    const codeDeploy = { scope: this, lambda, aliasName, shift };
    ReleaseRegistry.of(this).addMember(lambda.functionArn, () => this.#member(shift, smokeTest), codeDeploy);
    for (const source of props.events ?? []) this.addEventSource(source);
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

  /** Name with the alias, taken from the alias's ARN so that what refers to it depends on the alias. */
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

  /** Sets an environment variable, which the next version has. */
  addEnvironment(name: string, value: string): this {
    this.lambda.addEnvironment(name, value);
    return this;
  }

  /** Adds layers, which the next version has. */
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
   * Keeps events of asynchronous invocations that failed after all retries. Topics, rules, buckets and schedules with a
   * dead-letter queue call it: their own delivery ends when Lambda accepts the event. Does nothing where `onFailure`,
   * another setting of asynchronous invocations, `deadLetterQueue`, `deadLetterTopic` or an earlier trigger says where
   * such events go. Without a queue, one of the function's own keeps them for 14 days.
   */
  keepFailedEvents(queue?: IQueue): void {
    if (this.#isAsyncConfigured) return;
    this.configureAsyncInvoke({ onFailure: new SqsDestination(queue ?? addDeadLetterQueue(this, "DeadLetters")) });
  }

  /** Grants the right to invoke the alias. A function that calls this one shifts after it and rolls back before it. */
  override grantInvoke(grantee: IGrantable): Grant {
    for (const member of membersOfRole(grantee.grantPrincipal)) member.calls(this.node.path);
    return super.grantInvoke(grantee);
  }

  /** Lets a service or an account call the alias. Routes come this way: what they call reports its outcomes. */
  override addPermission(id: string, permission: Permission): void {
    if (isRoute(permission)) this.#outcomes.addRoute();
    super.addPermission(id, permission);
  }

  /** Gives the alias an address of its own. */
  override addFunctionUrl(options?: FunctionUrlOptions): FunctionUrl {
    this.#outcomes.addRoute();
    return super.addFunctionUrl(options);
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
      ...(this.#outcomes.isReported() ? { outcomes: true } : {}),
      ...(smokeTest === undefined ? {} : { smokeTest }),
    };
  }
}

function importAlias(scope: Construct, lambda: IFunction, aliasName: string): IAlias {
  const aliasVersion = Version.fromVersionAttributes(scope, "Version", { lambda, version: aliasName });
  return Alias.fromAliasAttributes(scope, "Alias", { aliasName, aliasVersion });
}

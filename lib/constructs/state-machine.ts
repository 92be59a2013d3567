import { ArnFormat, Fn, Stack, Token } from "aws-cdk-lib";
import type { Metric, MetricOptions } from "aws-cdk-lib/aws-cloudwatch";
import type { Grant, IGrantable } from "aws-cdk-lib/aws-iam";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import {
  CfnStateMachineAlias,
  CfnStateMachineVersion,
  CfnStateMachine,
  type IStateMachine,
  LogLevel,
  StateMachine as PlainStateMachine,
  StateMachineType,
} from "aws-cdk-lib/aws-stepfunctions";
import type { Construct } from "constructs";
import type { ReleaseMember } from "../assembly/release-metadata.ts";
import { Function as ReleasedFunction } from "./function.ts";
import { pickProps, refuseUnknownProps } from "./known-props.ts";
import { givenProps } from "./given-props.ts";
import { logStreamsArn } from "./log-group-arn.ts";
import { allowMapRuns } from "./map-runs.ts";
import { registerMemberRole } from "./member-roles.ts";
import { addPin, keepWhenReplaced, type Pin } from "./pinned-version.ts";
import { addProblems } from "./problems.ts";
import { logicalIdOf, ReleaseRegistry } from "./release-registry.ts";
import { resourceOf } from "./resource-of.ts";
import { dataRemovalPolicy } from "./stage-settings.ts";
import {
  LOG_OPTIONS,
  SHARED_STATE_MACHINE_PROPS,
  STATE_MACHINE_PROPS,
  type StateMachineProps,
} from "./state-machine-props.ts";
import { stateMachineProblems } from "./state-machine-rules.ts";
import { referredConstructs, versionHash } from "./version-hash.ts";
import { logDelivery, readDefinition } from "./workflow-definition.ts";

const DEFAULT_ALIAS = "live";

/**
 * A workflow, seen through its alias. Wherever aws-cdk-lib takes an `IStateMachine`, this one means the alias: rules,
 * schedules, APIs and grants start the version that is live, and a release moves it with the functions of the app.
 */
export class StateMachine extends PlainStateMachine {
  /** A workflow that is deployed elsewhere, through its alias. `stateMachineArn` has no qualifier. */
  static override fromStateMachineArn(
    scope: Construct,
    id: string,
    stateMachineArn: string,
    aliasName = DEFAULT_ALIAS,
  ): IStateMachine {
    return PlainStateMachine.fromStateMachineArn(scope, id, `${stateMachineArn}:${aliasName}`);
  }

  /** A workflow of the same account and region that is deployed elsewhere, through its alias. */
  static override fromStateMachineName(
    scope: Construct,
    id: string,
    stateMachineName: string,
    aliasName = DEFAULT_ALIAS,
  ): IStateMachine {
    const arn = Stack.of(scope).formatArn({
      service: "states",
      resource: "stateMachine",
      resourceName: stateMachineName,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    return StateMachine.fromStateMachineArn(scope, id, arn, aliasName);
  }

  readonly aliasName: string;
  readonly #resource: CfnStateMachine;
  readonly #version: CfnStateMachineVersion;
  readonly #alias: CfnStateMachineAlias;
  readonly #pin: Pin;
  readonly #unqualified: IStateMachine;
  readonly #calls = new Set<string>();

  constructor(scope: Construct, id: string, props: StateMachineProps) {
    const { body, problems, runsMaps = false } = readDefinition(givenProps(scope, id, props));
    super(scope, id, {
      stateMachineType: StateMachineType.STANDARD,
      tracingEnabled: true,
      ...pickProps(props, SHARED_STATE_MACHINE_PROPS),
      definitionBody: body,
    });
    refuseUnknownProps(this, props, STATE_MACHINE_PROPS);
    refuseUnknownProps(this, props.logs ?? {}, LOG_OPTIONS, "logs");
    addProblems(this, [...problems, ...stateMachineProblems(props)]);
    this.aliasName = props.aliasName ?? DEFAULT_ALIAS;
    this.#resource = resourceOf(this, CfnStateMachine);
    this.#writeLog(props);
    this.#version = new CfnStateMachineVersion(this, "Version", { stateMachineArn: this.#resource.ref });
    keepWhenReplaced(this.#version, () => versionHash(this.#resource));
    this.#pin = addPin(this, "^(arn:.*:[0-9]+)?$", "a version's ARN");
    this.#alias = this.#addAlias();
    this.#unqualified = PlainStateMachine.fromStateMachineArn(this, "Unqualified", this.#resource.ref);
    if (runsMaps) allowMapRuns(this, this.#unqualified, this.role);
    registerMemberRole(this.role, this.node.path, (path) => this.#calls.add(path));
    const { shift = "policy" } = props;
    ReleaseRegistry.of(this).addMember(this.#resource.ref, () => this.#member(shift));
  }

  /** ARN with the alias. */
  override get stateMachineArn(): string {
    // The base class reads this before there is an alias, for resources of the state machine itself.
    return (#alias in this ? this.#alias?.ref : undefined) ?? super.stateMachineArn;
  }

  /** ARN without a qualifier: for what belongs to the state machine itself, never for what starts it. */
  get unqualifiedArn(): string {
    return this.#resource.ref;
  }

  override grantRead(identity: IGrantable): Grant {
    return this.#unqualified.grantRead(identity);
  }

  override grantExecution(identity: IGrantable, ...actions: string[]): Grant {
    // The base class grants what Maps need, before there is an alias that it could mean.
    if (!(#unqualified in this)) return super.grantExecution(identity, ...actions);
    return this.#unqualified.grantExecution(identity, ...actions);
  }

  override grantTaskResponse(identity: IGrantable): Grant {
    return this.#unqualified.grantTaskResponse(identity);
  }

  override grantRedriveExecution(identity: IGrantable): Grant {
    return this.#unqualified.grantRedriveExecution(identity);
  }

  /** A metric of all versions together. */
  override metric(metricName: string, props: MetricOptions = {}): Metric {
    return super.metric(metricName, { dimensionsMap: { StateMachineArn: this.#resource.ref }, ...props });
  }

  #writeLog({ logs = {}, logRetention = RetentionDays.ONE_MONTH, stateMachineType }: StateMachineProps): void {
    const logGroup =
      logs.destination ??
      new LogGroup(this, "Log", { retention: logRetention, removalPolicy: dataRemovalPolicy(this) });
    const isExpress = stateMachineType === StateMachineType.EXPRESS;
    this.#resource.loggingConfiguration = {
      level: logs.level ?? (isExpress ? LogLevel.ALL : LogLevel.ERROR),
      includeExecutionData: logs.includeExecutionData ?? true,
      destinations: [{ cloudWatchLogsLogGroup: { logGroupArn: logStreamsArn(logGroup) } }],
    };
    this.addToRolePolicy(logDelivery());
  }

  #addAlias(): CfnStateMachineAlias {
    const { parameter, isPinned } = this.#pin;
    const live = Fn.conditionIf(isPinned.logicalId, parameter.valueAsString, this.#version.ref);
    return new CfnStateMachineAlias(this, "Alias", {
      name: this.aliasName,
      routingConfiguration: [{ stateMachineVersionArn: Token.asString(live), weight: 100 }],
    });
  }

  #member(shift: ReleaseMember["shift"]): ReleaseMember {
    return {
      kind: "state-machine",
      path: this.node.path,
      resource: logicalIdOf(this.#resource),
      version: logicalIdOf(this.#version),
      alias: logicalIdOf(this.#alias),
      aliasName: this.aliasName,
      parameter: logicalIdOf(this.#pin.parameter),
      calls: [...this.#calls, ...this.#tasks()].sort(),
      shift,
    };
  }

  /** Members that the definition names by their aliases: they shift before it. */
  #tasks(): string[] {
    const scopes = [...referredConstructs(this.#resource)].map(({ node }) => node.scope);
    const members = scopes.filter((scope) => scope instanceof ReleasedFunction || scope instanceof StateMachine);
    return members.map(({ node }) => node.path).filter((path) => !this.#calls.has(path));
  }
}

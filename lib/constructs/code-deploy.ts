import { ArnFormat, Aspects, type IAspect, Stack } from "aws-cdk-lib";
import { CfnApplication, CfnDeploymentConfig, CfnDeploymentGroup } from "aws-cdk-lib/aws-codedeploy";
import { ManagedPolicy, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { CfnAlias, Function as LambdaFunction, Version } from "aws-cdk-lib/aws-lambda";
import { Construct } from "constructs";
import type { HookPhase } from "../assembly/release-metadata.ts";
import { nameAlarm } from "./code-deploy-alarms.ts";
import { ALL_AT_ONCE, type CodeDeployConfig, toCodeDeployConfig } from "./code-deploy-config.ts";
import { allowReport, makeCodeDeployHook } from "./code-deploy-hook.ts";
import type { CodeDeployMember } from "./code-deploy-terms.ts";
import { addProblems } from "./problems.ts";
import { type ReleaseTerms, releaseTerms } from "./release-terms.ts";
import { stageSettings } from "./stage-settings.ts";

/** Hands the aliases of a stack to CodeDeploy, where the rollout says so; it may be declared after the functions. */
export function watchForCodeDeploy(stack: Stack, membersOf: () => readonly (CodeDeployMember | undefined)[]): void {
  let isDone = false;
  const aspect: IAspect = {
    visit(node) {
      if (node !== stack || isDone) return;
      isDone = true;
      const terms = releaseTerms(stack);
      if (terms.codeDeploy !== undefined) handOver(stack, terms, membersOf());
    },
  };
  Aspects.of(stack).add(aspect);
}

function handOver(stack: Stack, terms: ReleaseTerms, members: readonly (CodeDeployMember | undefined)[]): void {
  const known = members.filter((member) => member !== undefined);
  if (known.length < members.length) {
    addProblems(stack, [
      "CodeDeploy moves functions only: a state machine cannot be part of a rollout with mode codeDeploy.",
    ]);
  }
  const config = toCodeDeployConfig(terms.policy);
  // The rollout itself reports what is wrong with its policy.
  if (known.length === 0 || "problem" in config) return;
  const handover = new Handover(stack, terms, config);
  for (const member of known) handover.move(member);
}

/** What the deployment groups of one stack share. */
class Handover extends Construct {
  readonly #terms: ReleaseTerms;
  readonly #application: CfnApplication;
  readonly #role: Role;
  readonly #configName: string;

  constructor(stack: Stack, terms: ReleaseTerms, config: CodeDeployConfig) {
    super(stack, "CodeDeploy");
    this.#terms = terms;
    this.#application = new CfnApplication(this, "Application", { computePlatform: "Lambda" });
    this.#role = new Role(this, "Role", {
      assumedBy: new ServicePrincipal("codedeploy.amazonaws.com"),
      managedPolicies: [ManagedPolicy.fromAwsManagedPolicyName("service-role/AWSCodeDeployRoleForLambdaLimited")],
    });
    this.#configName = config.kind === "standard" ? config.name : this.#customConfig(config);
  }

  /** The alias follows the version of its template, and CodeDeploy moves its traffic. */
  move(member: CodeDeployMember): void {
    const { node } = member.scope;
    const alias = node.defaultChild as CfnAlias;
    const version = node.findChild("Version") as Version;
    for (const pin of ["LiveVersion", "IsPinned"]) node.tryRemoveChild(pin);
    alias.functionVersion = version.version;
    const before = this.#hook(member, "preTraffic", version);
    const after = this.#hook(member, "postTraffic", version);
    const group = this.#group(member);
    const deploymentGroupArn = Stack.of(this).formatArn({
      service: "codedeploy",
      resource: "deploymentgroup",
      resourceName: `${this.#application.ref}/${group.ref}`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    for (const adapter of [before, after]) if (adapter !== undefined) allowReport(adapter, deploymentGroupArn);
    alias.cfnOptions.updatePolicy = {
      codeDeployLambdaAliasUpdate: {
        applicationName: this.#application.ref,
        deploymentGroupName: group.ref,
        beforeAllowTrafficHook: before?.functionName,
        afterAllowTrafficHook: after?.functionName,
      },
    };
  }

  #group({ scope, shift }: CodeDeployMember): CfnDeploymentGroup {
    const alarms = this.#terms.codeDeploy!.alarms.map((alarm) => ({ name: nameAlarm(alarm) }));
    const always = ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_REQUEST"];
    return new CfnDeploymentGroup(scope, "DeploymentGroup", {
      applicationName: this.#application.ref,
      serviceRoleArn: this.#role.roleArn,
      deploymentConfigName:
        shift === "all-at-once" && ALL_AT_ONCE.kind === "standard" ? ALL_AT_ONCE.name : this.#configName,
      deploymentStyle: { deploymentType: "BLUE_GREEN", deploymentOption: "WITH_TRAFFIC_CONTROL" },
      alarmConfiguration: alarms.length === 0 ? undefined : { enabled: true, alarms },
      autoRollbackConfiguration: {
        enabled: true,
        events: alarms.length === 0 ? always : [...always, "DEPLOYMENT_STOP_ON_ALARM"],
      },
    });
  }

  #hook(member: CodeDeployMember, phase: HookPhase, version: Version): LambdaFunction | undefined {
    const { codeDeploy, app } = this.#terms;
    const hook = codeDeploy!.hooks[phase];
    if (hook === undefined) return undefined;
    const { scope, lambda, aliasName: alias } = member;
    const stage = stageSettings(scope).name ?? "";
    const id = phase === "preTraffic" ? "BeforeAllowTraffic" : "AfterAllowTraffic";
    return makeCodeDeployHook(scope, id, {
      hook,
      phase,
      app,
      stage,
      member: { path: scope.node.path, name: lambda.functionName, alias, next: version.version },
    });
  }

  #customConfig(config: Exclude<CodeDeployConfig, { kind: "standard" }>): string {
    const { kind, percent, minutes } = config;
    const trafficRoutingConfig =
      kind === "canary"
        ? { type: "TimeBasedCanary", timeBasedCanary: { canaryPercentage: percent, canaryInterval: minutes } }
        : { type: "TimeBasedLinear", timeBasedLinear: { linearPercentage: percent, linearInterval: minutes } };
    return new CfnDeploymentConfig(this, "Config", { computePlatform: "Lambda", trafficRoutingConfig }).ref;
  }
}

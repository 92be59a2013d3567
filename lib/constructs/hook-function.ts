import { Duration, Lazy } from "aws-cdk-lib";
import { type IGrantable, type IPrincipal, Policy, PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { CfnFunction, Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import { Construct } from "constructs";
import type { HookPhase } from "../assembly/release-metadata.ts";
import { FUNCTION_PROPS, type FunctionProps } from "./function-props.ts";
import { givenProps } from "./given-props.ts";
import { refuseUnknownProps } from "./known-props.ts";
import { makeLambdaFunction } from "./lambda-function.ts";
import { logicalIdOf, ReleaseRegistry } from "./release-registry.ts";

/** What belongs to an alias, which a hook does not have. */
const ALIAS_PROPS = [
  "aliasDescription",
  "aliasName",
  "events",
  "maxEventAge",
  "onFailure",
  "onSuccess",
  "outcomeMetrics",
  "provisionedConcurrentExecutions",
  "retryAttempts",
  "shift",
  "smokeTest",
] as const satisfies readonly (keyof FunctionProps)[];

/** Properties of a hook: a function without an alias. */
export type HookFunctionProps = Omit<FunctionProps, (typeof ALIAS_PROPS)[number]>;

const HOOK_PROPS = FUNCTION_PROPS.filter((name) => !ALIAS_PROPS.some((left) => left === name));

const DEFAULT_TIMEOUT = Duration.minutes(1);

/**
 * A function that decides whether a release may continue. It receives the release and the ARNs of all member versions
 * and returns `{ status: "passed" }`; any other result, an error and a timeout stop the release. It is not a member of
 * the release: its latest code is called. It may invoke every version of the members in its own stack; grant it more
 * with `grantInvoke` of functions in other stacks.
 */
export class HookFunction extends Construct implements IGrantable {
  readonly lambda: LambdaFunction;
  readonly #timeout: Duration;

  constructor(scope: Construct, id: string, props: HookFunctionProps) {
    super(scope, id);
    refuseUnknownProps(this, givenProps(scope, id, props), HOOK_PROPS);
    this.#timeout = props.timeout ?? DEFAULT_TIMEOUT;
    this.lambda = makeLambdaFunction(this, "Function", { ...props, timeout: this.#timeout });
    this.#allowMembers();
  }

  get grantPrincipal(): IPrincipal {
    return this.lambda.grantPrincipal;
  }

  /** Registers this function as a hook of a phase of the release. `Rollout` calls it. */
  runIn(phase: HookPhase): void {
    ReleaseRegistry.of(this).addHook(() => ({
      phase,
      path: this.node.path,
      resource: logicalIdOf(this.lambda.node.defaultChild as CfnFunction),
      timeoutMs: this.#timeout.toMilliseconds(),
    }));
  }

  #allowMembers(): void {
    const resources: string[] = [];
    ReleaseRegistry.of(this).watchMembers((arn) => {
      resources.push(`${arn}:*`);
      if (resources.length > 1) return;
      const allOfThem = Lazy.list({ produce: () => resources });
      const statement = new PolicyStatement({ actions: ["lambda:InvokeFunction"], resources: allOfThem });
      // A policy of its own: the function must not depend on the members, whose aliases depend on the hook with CodeDeploy.
      const policy = new Policy(this, "InvokeMembers", { statements: [statement] });
      if (this.lambda.role !== undefined) policy.attachToRole(this.lambda.role);
    });
  }
}

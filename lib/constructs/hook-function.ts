import { Duration, Lazy } from "aws-cdk-lib";
import { type IGrantable, type IPrincipal, Policy, PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { CfnFunction, Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import { Construct } from "constructs";
import type { HookPhase } from "../assembly/release-metadata.ts";
import type { FunctionProps } from "./function-props.ts";
import { makeLambdaFunction } from "./lambda-function.ts";
import { logicalIdOf, ReleaseRegistry } from "./release-registry.ts";

/** Properties of a hook: a function without an alias. */
export type HookFunctionProps = Omit<
  FunctionProps,
  "aliasDescription" | "aliasName" | "asyncInvoke" | "provisionedConcurrency" | "shift" | "smokeTest"
>;

const DEFAULT_TIMEOUT = Duration.minutes(1);

/**
 * A function that a release asks whether it may go on. It is called with the release and the ARNs of all member
 * versions and answers `{ status: "passed" }`; anything else, and silence, stops the release. It is no member of the
 * release itself: its newest code is called. It may invoke every version of the members in its own stack; grant it
 * more with `grantInvoke` of the functions in others.
 */
export class HookFunction extends Construct implements IGrantable {
  readonly lambda: LambdaFunction;
  readonly #timeout: Duration;

  constructor(scope: Construct, id: string, props: HookFunctionProps) {
    super(scope, id);
    this.#timeout = props.timeout ?? DEFAULT_TIMEOUT;
    this.lambda = makeLambdaFunction(this, "Function", { ...props, timeout: this.#timeout });
    this.#allowMembers();
  }

  get grantPrincipal(): IPrincipal {
    return this.lambda.grantPrincipal;
  }

  /** Notes that the release calls this function in a phase; `Rollout` does it. */
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
      // By itself: the function must not wait for the members, whose aliases CodeDeploy makes wait for the hook.
      const policy = new Policy(this, "InvokeMembers", { statements: [statement] });
      if (this.lambda.role !== undefined) policy.attachToRole(this.lambda.role);
    });
  }
}

import type { Permission } from "aws-cdk-lib/aws-lambda";
import type { FunctionProps } from "./function-props.ts";

/** Services whose events are requests with an answer that has a status. */
const ROUTING_SERVICES: ReadonlySet<string> = new Set([
  "apigateway.amazonaws.com",
  "elasticloadbalancing.amazonaws.com",
]);

/** Whether a function reports the outcomes of its requests: known once all routes of the app are. */
export class ReportedOutcomes {
  /** The package holds the module that reports. Settled when the function is made, as packaging starts then. */
  readonly isPackaged: boolean;
  #isRouted: boolean;

  constructor({ entry, code, outcomeMetrics }: FunctionProps) {
    this.isPackaged = entry !== undefined && code === undefined && outcomeMetrics !== false;
    this.#isRouted = outcomeMetrics === true;
  }

  /** Notes that requests reach the function. */
  addRoute(): void {
    this.#isRouted = true;
  }

  isReported(): boolean {
    return this.isPackaged && this.#isRouted;
  }
}

/** Whether a permission is what a route needs: API Gateway's, a load balancer's or a function URL's. */
export function isRoute({ principal, action = "" }: Permission): boolean {
  if (action.startsWith("lambda:InvokeFunctionUrl")) return true;
  return "service" in principal && typeof principal.service === "string" && ROUTING_SERVICES.has(principal.service);
}

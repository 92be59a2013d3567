import type { SimTemplate } from "./sim-template.ts";

/** A resource as the stack last made it. */
export interface SimResource {
  readonly type: string;
  readonly physicalId: string;
  /** Resolved, as they were last handed over. */
  readonly properties: Readonly<Record<string, unknown>>;
  readonly deletionPolicy?: string;
  readonly metadata?: unknown;
}

/** What a stack is to become. */
export interface SimTarget {
  readonly text: string;
  readonly template: SimTemplate;
  readonly parameters: Readonly<Record<string, string>>;
}

/** What a change set shows, in CloudFormation's words. */
export interface SimChange {
  readonly Type: "Resource";
  readonly ResourceChange: Readonly<Record<string, unknown>> & { readonly LogicalResourceId: string };
}

/** A change set and whether it can still be executed. */
export interface SimChangeSet {
  readonly name: string;
  readonly id: string;
  readonly target: SimTarget;
  readonly tags: Readonly<Record<string, string>>;
  readonly changes: readonly SimChange[];
  /** When it has been made. */
  readonly readyAt: number;
  readonly status: "CREATE_COMPLETE" | "FAILED";
  executionStatus:
    | "AVAILABLE"
    | "UNAVAILABLE"
    | "EXECUTE_IN_PROGRESS"
    | "EXECUTE_COMPLETE"
    | "EXECUTE_FAILED"
    | "OBSOLETE";
}

/** One event, in CloudFormation's words. */
export type SimStackEvent = Readonly<Record<string, unknown>>;

/** A stack in the simulated account. */
export interface SimStack {
  readonly name: string;
  readonly id: string;
  target: SimTarget;
  tags: Readonly<Record<string, string>>;
  status: string;
  /** What `DescribeStacks` showed before the status last changed, and since when it has changed. */
  earlier: { readonly status: string; readonly until: number };
  readonly resources: Map<string, SimResource>;
  readonly events: SimStackEvent[];
  readonly changeSets: Map<string, SimChangeSet>;
  /** The token of the update that runs, or ran last. */
  token?: string;
  isCancelled: boolean;
}

import type { TestCloud } from "../cloud.ts";
import type { BuildApp, InlineApp } from "../inline-app.ts";

/** Pairs of `link` with the app that has them all, deployed once. */
export interface LinkFamily {
  readonly name: string;
  /** Makes what the app refers to and does not have itself. */
  readonly prepare: (cloud: TestCloud) => Promise<BuildApp>;
  /** By pair, `Function to Table`: tries what the link is for with the link and without, and expects both outcomes. */
  readonly pairs: Readonly<Record<string, (app: InlineApp) => Promise<void>>>;
}

/** What a call came to. */
export interface Outcome {
  readonly code: string;
  readonly message: string;
}

/** The outcome where nothing is refused. */
export const DONE: Outcome = { code: "done", message: "" };

/** Where the apps' resources are: in the local cloud's account. */
export const HOME = "us-east-1:000000000000";

/** IAM's words for the refusal of an action, wherever they are. */
export function deniedWords(action: string): RegExp {
  return new RegExp(
    String.raw`User: arn:aws:sts::000000000000:assumed-role/\S+ is not authorized to perform: ${action} on resource: \S+ because no identity-based policy allows the ${action} action`,
  );
}

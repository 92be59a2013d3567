import type { LinkTypes } from "../runtime/runtime.ts";

/** The type of the construct metadata that records a link of a function. */
export const LINK_METADATA = "tidegate:link";

/** The kinds of what a function can be linked to. */
export type LinkKind = keyof LinkTypes;

/** One link of a function, as the app records it. */
export interface LinkRecord {
  readonly name: string;
  readonly kind: LinkKind;
}

/** A link with the path of its function in the app, for example `Shop/Create`. */
export interface FunctionLink extends LinkRecord {
  readonly path: string;
}

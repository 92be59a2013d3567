/** One action on one resource, which the caller of an operation must be allowed. */
export interface Permission {
  /** For example `dynamodb:PutItem`. */
  readonly action: string;
  /** An ARN, or `*` for an action that is about no resource in particular. */
  readonly resource: string;
  /** The condition keys that the operation itself offers, in lower case. @default - none */
  readonly facts?: Readonly<Record<string, readonly string[]>>;
  /**
   * The part of the request that this is about, by its place in the list. A refusal is the answer to this part, and the
   * others are carried out.
   * @default - the whole request is refused
   */
  readonly part?: number;
}

/** Where an operation is called. */
export interface Place {
  /** Twelve digits. */
  readonly account: string;
  readonly region: string;
  /** The resource that an opaque part of the request names (a shard iterator), where the service can tell. */
  readonly findResource?: (input: RequestInput) => string | undefined;
}

/** The input of an operation as the SDK types it, looked at member by member. */
export type RequestInput = Readonly<Record<string, unknown>>;

/** What the caller of an operation must be allowed; nothing for operations that need no permission. */
export type FindPermissions = (operation: string, input: RequestInput, place: Place) => readonly Permission[];

/** The input of a driver in the account, and of each next turn: the state machine's data. */
export interface DriverOrder {
  readonly app: string;
  readonly stage: string;
  /** The release's id: no other is driven. */
  readonly release: string;
  /** The name under which the lock is held. */
  readonly holder: string;
  readonly bucket: string;
  /** In the order in which they are deployed: one that depends on another comes after it. */
  readonly stacks: readonly DriverStack[];
  /** Turns taken so far. */
  readonly turns: number;
}

/** A stack whose pins follow the aliases in the end. */
export interface DriverStack {
  readonly stackName: string;
  readonly region: string;
  readonly members: readonly { readonly path: string; readonly parameter: string }[];
}

/** What the function answers: the order for the next turn, and when that is. */
export interface DriverAnswer extends DriverOrder {
  /** Nothing is left to drive. */
  readonly done: boolean;
  /** How long until the next turn. */
  readonly waitSeconds: number;
  /** The release's state, where this driver saw it. */
  readonly state?: string;
}

/**
 * How many turns one execution takes before another continues: an execution's history is limited to 25,000 events, and
 * a turn has nine.
 */
export const TURNS_OF_AN_EXECUTION = 2_000;

import type { AliasTarget } from "../model.ts";

/** Provisioned concurrency of one version. */
export interface VersionConcurrency {
  readonly requested: number;
  readonly available: number;
  readonly status: "READY" | "IN_PROGRESS" | "FAILED";
  /** AWS's reason where it failed. */
  readonly reason?: string;
}

/** What lets a version of a function answer at once: its state, and environments that are kept ready. */
export interface CapacityPort {
  /** By version. Configurations of aliases are left out. */
  concurrency(target: AliasTarget): Promise<ReadonlyMap<string, VersionConcurrency>>;
  /** Requests provisioned concurrency. It is ready later. The same request again changes nothing. */
  provision(target: AliasTarget, version: string, amount: number): Promise<void>;
  /** Takes the provisioned concurrency from a version. Does nothing where it has none. */
  release(target: AliasTarget, version: string): Promise<void>;
  /** Has Lambda prepare an Inactive version again. It is Pending, and Active later. */
  wake(target: AliasTarget, version: string): Promise<void>;
}

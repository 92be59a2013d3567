import type { AliasTarget } from "../model.ts";
import type { AliasPort, AliasWrite } from "../ports/ports.ts";

/** Aliases of all kinds, each passed to the service that it belongs to. */
export class AwsAliases implements AliasPort {
  readonly #byKind: Readonly<Record<AliasTarget["kind"], AliasPort>>;

  constructor(byKind: Readonly<Record<AliasTarget["kind"], AliasPort>>) {
    this.#byKind = byKind;
  }

  get(target: AliasTarget): ReturnType<AliasPort["get"]> {
    return this.#byKind[target.kind].get(target);
  }

  isTransitioning(target: AliasTarget): Promise<boolean> {
    return this.#byKind[target.kind].isTransitioning(target);
  }

  update(write: AliasWrite): ReturnType<AliasPort["update"]> {
    return this.#byKind[write.target.kind].update(write);
  }

  hasProvisionedConcurrency(target: AliasTarget): Promise<boolean> {
    return this.#byKind[target.kind].hasProvisionedConcurrency(target);
  }

  configuration(target: AliasTarget, version: string): ReturnType<AliasPort["configuration"]> {
    return this.#byKind[target.kind].configuration(target, version);
  }

  versions(target: AliasTarget): ReturnType<AliasPort["versions"]> {
    return this.#byKind[target.kind].versions(target);
  }

  deleteVersion(target: AliasTarget, version: string): Promise<boolean> {
    return this.#byKind[target.kind].deleteVersion(target, version);
  }
}

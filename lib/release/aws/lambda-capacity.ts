import {
  DeleteProvisionedConcurrencyConfigCommand,
  InvokeCommand,
  ListProvisionedConcurrencyConfigsCommand,
  type ProvisionedConcurrencyConfigListItem,
  PutProvisionedConcurrencyConfigCommand,
} from "@aws-sdk/client-lambda";
import type { AliasTarget } from "../model.ts";
import type { CapacityPort, VersionConcurrency } from "../ports/capacity-port.ts";
import type { ControlPlane } from "./control-plane.ts";
import { hasName } from "./remote-name.ts";

/** How Lambda refuses to invoke a version that it is preparing: by VPC, by image or package, by snapshot, and at all. */
const BEING_PREPARED = [
  "ResourceNotReadyException",
  "CodeArtifactUserPendingException",
  "SnapStartNotReadyException",
  "ResourceConflictException",
];
const WAKE_TIMEOUT_MS = 10_000;
/** No handler receives it: Lambda refuses the invocation of an Inactive version before it runs anything. */
const WAKE_PAYLOAD = JSON.stringify({ tidegate: "wake" });

/** Provisioned concurrency and states of Lambda versions. */
export class LambdaCapacity implements CapacityPort {
  readonly #control: ControlPlane;

  constructor(control: ControlPlane) {
    this.#control = control;
  }

  async concurrency(target: AliasTarget): Promise<ReadonlyMap<string, VersionConcurrency>> {
    const found = new Map<string, VersionConcurrency>();
    let marker: string | undefined;
    do {
      const client = await this.#control.client(target);
      const input = { FunctionName: target.name, Marker: marker };
      const page = await client.send(new ListProvisionedConcurrencyConfigsCommand(input));
      for (const config of page.ProvisionedConcurrencyConfigs ?? []) {
        const version = config.FunctionArn?.split(":").at(-1) ?? "";
        if (/^[0-9]+$/.test(version)) found.set(version, toConcurrency(config));
      }
      marker = page.NextMarker;
    } while (marker !== undefined && marker !== "");
    return found;
  }

  async provision(target: AliasTarget, version: string, amount: number): Promise<void> {
    const client = await this.#control.client(target);
    const input = { FunctionName: target.name, Qualifier: version, ProvisionedConcurrentExecutions: amount };
    await client.send(new PutProvisionedConcurrencyConfigCommand(input));
  }

  async release(target: AliasTarget, version: string): Promise<void> {
    const client = await this.#control.client(target);
    const input = { FunctionName: target.name, Qualifier: version };
    try {
      await client.send(new DeleteProvisionedConcurrencyConfigCommand(input));
    } catch (error) {
      if (!hasName(error, "ResourceNotFoundException", "ProvisionedConcurrencyConfigNotFoundException")) throw error;
    }
  }

  /** A dry run wakes nothing: only an invocation does, and Lambda refuses it. */
  async wake(target: AliasTarget, version: string): Promise<void> {
    const client = await this.#control.invoker(target);
    const input = { FunctionName: target.name, Qualifier: version, Payload: WAKE_PAYLOAD };
    try {
      await client.send(new InvokeCommand(input), { abortSignal: AbortSignal.timeout(WAKE_TIMEOUT_MS) });
    } catch (error) {
      if (!hasName(error, ...BEING_PREPARED)) throw error;
    }
  }
}

function toConcurrency(config: ProvisionedConcurrencyConfigListItem): VersionConcurrency {
  return {
    requested: config.RequestedProvisionedConcurrentExecutions ?? 0,
    available: config.AvailableProvisionedConcurrentExecutions ?? 0,
    status: config.Status ?? "IN_PROGRESS",
    ...(config.StatusReason === undefined ? {} : { reason: config.StatusReason }),
  };
}

import type { LambdaClient } from "@aws-sdk/client-lambda";
import type { Aws } from "../../aws/aws.ts";
import { type Ration, rationRetries } from "../../aws/ration-retries.ts";
import type { AliasTarget } from "../model.ts";
import { TokenBucket, UNRATIONED } from "./token-bucket.ts";

/** What Lambda's control plane allows for the whole account; one below it, as others call too. */
const CONTROL_PLANE_PER_SECOND = 14;

/** The control plane of each connection: all calls of a process that are made over it share one ration. */
const KNOWN = new WeakMap<Aws, ControlPlane>();

/** Clients for Lambda's control plane, which takes 15 calls a second for the whole account. A local cloud has no such quota. */
export class ControlPlane {
  readonly #aws: Aws;
  readonly #ration: Ration;

  constructor(aws: Aws, ration: Ration) {
    this.#aws = aws;
    this.#ration = ration;
    KNOWN.set(aws, this);
  }

  /** The control plane of a connection, with the ration that it has already. */
  static of(aws: Aws): ControlPlane {
    return KNOWN.get(aws) ?? new ControlPlane(aws, ControlPlane.rationOf(aws));
  }

  /** What an endpoint allows. `perSecond` calls, where it is given. */
  static rationOf(aws: Aws, perSecond = aws.isLocal ? undefined : CONTROL_PLANE_PER_SECOND): Ration {
    return perSecond === undefined ? UNRATIONED : new TokenBucket({ perSecond, burst: perSecond });
  }

  /** Waits until one more call may be made. `urgent` calls overtake all that wait. */
  async client(target: Pick<AliasTarget, "region"> = {}, urgent = false): Promise<LambdaClient> {
    await this.#ration.take(urgent);
    const client = await this.#aws.inRegion(target.region ?? this.#aws.options.region).client("lambda");
    rationRetries(client, this.#ration);
    return client;
  }

  /** A client for invocations, which are not rationed with the control plane. */
  async invoker(target: AliasTarget): Promise<LambdaClient> {
    return this.#aws.inRegion(target.region ?? this.#aws.options.region).client("lambda");
  }
}

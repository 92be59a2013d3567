import type { LambdaClient } from "@aws-sdk/client-lambda";
import type { Aws } from "../../aws/aws.ts";
import { rationRetries } from "../../aws/ration-retries.ts";
import type { AliasTarget } from "../model.ts";
import type { TokenBucket } from "./token-bucket.ts";

/** Clients for Lambda's control plane, which takes 15 calls a second for the whole account. */
export class ControlPlane {
  readonly #aws: Aws;
  readonly #bucket: TokenBucket;

  constructor(aws: Aws, bucket: TokenBucket) {
    this.#aws = aws;
    this.#bucket = bucket;
  }

  /** Waits until one more call may be made. `urgent` calls overtake all that wait. */
  async client(target: AliasTarget, urgent = false): Promise<LambdaClient> {
    await this.#bucket.take(urgent);
    const client = await this.#aws.inRegion(target.region ?? this.#aws.options.region).client("lambda");
    rationRetries(client, this.#bucket);
    return client;
  }

  /** A client for invocations, which are not rationed with the control plane. */
  async invoker(target: AliasTarget): Promise<LambdaClient> {
    return this.#aws.inRegion(target.region ?? this.#aws.options.region).client("lambda");
  }
}

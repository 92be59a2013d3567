import { randomBytes } from "node:crypto";
import type { Credentials } from "@aws-sdk/client-sts";
import type { Cloud } from "../../service.ts";
import type { Collection } from "../../state/store.ts";

/** Whom temporary credentials stand for. */
export interface Session {
  readonly userId: string;
  readonly arn: string;
  readonly expiresAtMs: number;
}

/** Going through all sessions takes time: expired ones may stay until so many more were given out. */
const FORGET_EVERY = 500;
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** The temporary credentials that were given out, by access key. */
export class SessionBook {
  readonly #cloud: Cloud;
  readonly #sessions: Collection<Session>;
  #issued = 0;

  constructor(cloud: Cloud) {
    this.#cloud = cloud;
    this.#sessions = cloud.store.collection("sts.sessions");
  }

  /** Gives out credentials for whoever is meant. They expire in the cloud's time. */
  issue(identity: Pick<Session, "userId" | "arn">, durationSeconds: number): Required<Credentials> {
    if (this.#issued++ % FORGET_EVERY === 0) this.#forgetExpired();
    const expiresAtMs = this.#cloud.clock.now() + durationSeconds * 1000;
    const accessKeyId = `ASIA${randomText(16)}`;
    this.#sessions.put(accessKeyId, { ...identity, expiresAtMs });
    return {
      AccessKeyId: accessKeyId,
      SecretAccessKey: randomBytes(30).toString("base64"),
      SessionToken: randomBytes(192).toString("base64"),
      Expiration: new Date(Math.floor(expiresAtMs / 1000) * 1000),
    };
  }

  /** Whom the key stands for, when it was given out here. */
  find(accessKeyId: string | undefined): Session | undefined {
    return accessKeyId === undefined ? undefined : this.#sessions.get(accessKeyId);
  }

  #forgetExpired(): void {
    const now = this.#cloud.clock.now();
    for (const [key, session] of this.#sessions.list()) {
      if (session.expiresAtMs < now) this.#sessions.delete(key);
    }
  }
}

function randomText(length: number): string {
  return Array.from(randomBytes(length), (byte) => ALPHABET[byte % ALPHABET.length]).join("");
}

import type { Checked } from "../../kit/checked.ts";
import { randomBytes } from "node:crypto";
import type { Credentials } from "@aws-sdk/client-sts";
import type { Cloud } from "../../service.ts";
import { SESSIONS, type SessionRecord } from "../../policy/session-record.ts";
import type { Collection } from "../../state/store.ts";

/** What credentials are issued for. */
export type Session = Omit<SessionRecord, "expiresAtMs" | "issuedAtMs">;

/** Going through all sessions takes time: expired ones may stay until so many more were given out. */
const FORGET_EVERY = 500;
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** The temporary credentials that were given out, by access key. */
export class SessionBook {
  readonly #cloud: Cloud;
  readonly #sessions: Collection<SessionRecord>;
  #issued = 0;

  constructor(cloud: Cloud) {
    this.#cloud = cloud;
    this.#sessions = cloud.store.collection(SESSIONS);
  }

  /** Issues credentials for a session. They expire in the cloud's time. */
  issue(session: Session, durationSeconds: number): Required<Checked<Credentials>> {
    if (this.#issued++ % FORGET_EVERY === 0) this.#forgetExpired();
    const issuedAtMs = this.#cloud.clock.now();
    const expiresAtMs = issuedAtMs + durationSeconds * 1000;
    const accessKeyId = `ASIA${randomText(16)}`;
    this.#sessions.put(accessKeyId, { ...session, issuedAtMs, expiresAtMs });
    return {
      AccessKeyId: accessKeyId,
      SecretAccessKey: randomBytes(30).toString("base64"),
      SessionToken: randomBytes(192).toString("base64"),
      Expiration: new Date(Math.floor(expiresAtMs / 1000) * 1000),
    };
  }

  /** The session of a key, when the key was issued here. */
  find(accessKeyId: string | undefined): SessionRecord | undefined {
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

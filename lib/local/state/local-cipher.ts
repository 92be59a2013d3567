import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import type { Collection, Store } from "./store.ts";

const CIPHER = "aes-256-gcm";
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Encrypts a service's secrets with a key of the cloud's own. The key is in the same store: this keeps values out of
 * sight, and out of a search through files, but does not protect them from a reader of the store.
 */
export class LocalCipher {
  readonly #keys: Collection<Uint8Array>;

  /** `purpose` names the collection of the key, for example `ssm.keys`. */
  constructor(store: Store, purpose: string) {
    this.#keys = store.collection(purpose);
  }

  /** Nonce, tag and ciphertext. */
  encrypt(plain: Uint8Array): Buffer {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, this.#key(), nonce);
    const sealed = Buffer.concat([cipher.update(plain), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
  }

  decrypt(sealed: Uint8Array): Buffer {
    const decipher = createDecipheriv(CIPHER, this.#key(), sealed.subarray(0, NONCE_BYTES));
    decipher.setAuthTag(sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
    return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]);
  }

  #key(): Uint8Array {
    const known = this.#keys.get("key");
    if (known) return known;
    const key = new Uint8Array(randomBytes(32));
    this.#keys.put("key", key);
    return key;
  }
}

import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import type { Collection, Store } from "../../store.ts";

const CIPHER = "aes-256-gcm";
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Encrypts SecureStrings with a key of the cloud's own, so that reading one without decryption gives ciphertext as on
 * AWS. The key lies in the same store: this keeps values out of sight, not safe from whoever holds the file.
 */
export class SecureStrings {
  readonly #keys: Collection<Uint8Array>;

  constructor(store: Store) {
    this.#keys = store.collection("ssm.keys");
  }

  /** Base64 of nonce, tag and ciphertext. */
  encrypt(plain: string): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, this.#key(), nonce);
    const sealed = Buffer.concat([cipher.update(plain, "utf8"), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString("base64");
  }

  decrypt(text: string): string {
    const bytes = Buffer.from(text, "base64");
    const decipher = createDecipheriv(CIPHER, this.#key(), bytes.subarray(0, NONCE_BYTES));
    decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
    return decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES), undefined, "utf8") + decipher.final("utf8");
  }

  #key(): Uint8Array {
    const known = this.#keys.get("secure-string");
    if (known) return known;
    const key = new Uint8Array(randomBytes(32));
    this.#keys.put("secure-string", key);
    return key;
  }
}

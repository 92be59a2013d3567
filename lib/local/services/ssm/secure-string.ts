import { LocalCipher } from "../../state/local-cipher.ts";
import type { Store } from "../../state/store.ts";

/** Encrypts SecureStrings, so that reading one without decryption gives ciphertext, as on AWS. */
export class SecureStrings {
  readonly #cipher: LocalCipher;

  constructor(store: Store) {
    this.#cipher = new LocalCipher(store, "ssm.keys");
  }

  /** The ciphertext in base64. */
  encrypt(plain: string): string {
    return this.#cipher.encrypt(Buffer.from(plain)).toString("base64");
  }

  decrypt(text: string): string {
    return this.#cipher.decrypt(Buffer.from(text, "base64")).toString();
  }
}

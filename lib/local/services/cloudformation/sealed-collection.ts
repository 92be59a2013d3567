import { LocalCipher } from "../../state/local-cipher.ts";
import type { Collection, Store } from "../../state/store.ts";
import { decodeValue, encodeValue } from "../../state/store-value.ts";

/** A record as it is kept when it holds a secret. */
interface Sealed {
  readonly sealed: Uint8Array;
}

/** Records of which the secret ones are kept encrypted, so that a look into the state file shows no secret. */
export class SealedCollection<T extends object> {
  readonly #rows: Collection<T | Sealed>;
  readonly #cipher: LocalCipher;
  readonly #isSecret: (record: T) => boolean;

  /** `name` is the collection's, for example `cloudformation.resources`. */
  constructor(store: Store, name: string, isSecret: (record: T) => boolean) {
    this.#rows = store.collection(name);
    this.#cipher = new LocalCipher(store, "cloudformation.keys");
    this.#isSecret = isSecret;
  }

  put(key: string, record: T): void {
    this.#rows.put(key, this.#isSecret(record) ? this.#seal(record) : record);
  }

  get(key: string): T | undefined {
    const kept = this.#rows.get(key);
    return kept && this.#open(kept);
  }

  list(prefix?: string): [string, T][] {
    return this.#rows.list(prefix).map(([key, kept]) => [key, this.#open(kept)]);
  }

  delete(key: string): void {
    this.#rows.delete(key);
  }

  #seal(record: T): Sealed {
    return { sealed: new Uint8Array(this.#cipher.encrypt(Buffer.from(encodeValue(record)))) };
  }

  #open(kept: T | Sealed): T {
    if (!("sealed" in kept)) return kept;
    return decodeValue<T>(this.#cipher.decrypt(kept.sealed).toString("utf8"));
  }
}

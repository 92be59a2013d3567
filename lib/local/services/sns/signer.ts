import { createHash, createPrivateKey, createPublicKey, generateKeyPair, sign, type KeyObject } from "node:crypto";
import { promisify } from "node:util";
import { LocalCipher } from "../../state/local-cipher.ts";
import type { Cloud, HttpRoute } from "../../service.ts";
import { buildCertificate } from "./certificate.ts";

const PATH = "/SimpleNotificationService-";
const RSA_BITS = 2048;
const signInBackground = promisify(sign);

interface SigningKey {
  readonly privateKey: KeyObject;
  readonly certificate: string;
  readonly fingerprint: string;
}

/** Signs messages as SNS does, with a key of the cloud's own, and serves the certificate to those who check. */
export class Signer {
  /** Where `SigningCertURL` leads. */
  readonly route: HttpRoute;
  readonly #cloud: Cloud;
  #key: Promise<SigningKey> | undefined;

  constructor(cloud: Cloud) {
    this.#cloud = cloud;
    this.route = {
      matches: ({ method, path }) => method === "GET" && path.startsWith(PATH),
      handle: async (_request, response, url) => {
        const { certificate, fingerprint } = await this.#open();
        const isThere = url.pathname === `${PATH}${fingerprint}.pem`;
        response.writeHead(isThere ? 200 : 404, { "content-type": "application/x-pem-file" });
        response.end(isThere ? certificate : "");
      },
    };
  }

  /** The base64 signature of a text, and where its certificate is. Version 1 is SHA-1, 2 is SHA-256. */
  async sign(text: string, version: string): Promise<{ signature: string; certificateUrl: string }> {
    const { privateKey, fingerprint } = await this.#open();
    // Beside the event loop: a signature takes about a millisecond.
    const signature = await signInBackground(version === "2" ? "sha256" : "sha1", Buffer.from(text), privateKey);
    return {
      signature: signature.toString("base64"),
      certificateUrl: `${this.#cloud.endpoint}${PATH}${fingerprint}.pem`,
    };
  }

  #open(): Promise<SigningKey> {
    this.#key ??= this.#read();
    return this.#key;
  }

  /** The key stays the same over restarts: what was signed before can still be checked. */
  async #read(): Promise<SigningKey> {
    const kept = this.#cloud.store.collection<Uint8Array>("sns.signing");
    const cipher = new LocalCipher(this.#cloud.store, "sns.keys");
    const sealed = kept.get("key");
    if (sealed !== undefined) return read(cipher.decrypt(sealed));
    const made = await promisify(generateKeyPair)("rsa", { modulusLength: RSA_BITS });
    const bytes = made.privateKey.export({ type: "pkcs8", format: "der" });
    kept.put("key", new Uint8Array(cipher.encrypt(bytes)));
    return read(bytes);
  }
}

function read(bytes: Buffer): SigningKey {
  const privateKey = createPrivateKey({ key: bytes, format: "der", type: "pkcs8" });
  const publicKey = createPublicKey(privateKey);
  const certificate = buildCertificate("sns.amazonaws.com", { publicKey, privateKey });
  const fingerprint = createHash("sha256")
    .update(publicKey.export({ type: "spki", format: "der" }))
    .digest("hex");
  return { privateKey, certificate, fingerprint: fingerprint.slice(0, 32) };
}

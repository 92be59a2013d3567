import { createHash, sign, type KeyObject } from "node:crypto";

const SEQUENCE = 0x30;
const SET = 0x31;
const INTEGER = 0x02;
const BIT_STRING = 0x03;
const NULL = Buffer.from([0x05, 0x00]);
const OBJECT_ID = 0x06;
const UTF8_STRING = 0x0c;
const GENERALIZED_TIME = 0x18;

/** sha256WithRSAEncryption (RFC 8017) and commonName (RFC 5280), as DER has them. */
const SHA256_WITH_RSA = der(SEQUENCE, der(OBJECT_ID, Buffer.from("2a864886f70d01010b", "hex")), NULL);
const COMMON_NAME = der(OBJECT_ID, Buffer.from("550403", "hex"));
const VALID_YEARS = 100;

/** A certificate in PEM for a public key, signed by its own private key (RFC 5280): who checks signatures reads it. */
export function buildCertificate(commonName: string, keys: { publicKey: KeyObject; privateKey: KeyObject }): string {
  const publicKey = keys.publicKey.export({ type: "spki", format: "der" });
  // Positive, and the same for the same key.
  const serial = createHash("sha256").update(publicKey).digest().subarray(0, 16);
  serial[0] = (serial[0]! & 0x3f) | 0x40;
  const name = der(SEQUENCE, der(SET, der(SEQUENCE, COMMON_NAME, der(UTF8_STRING, Buffer.from(commonName)))));
  const validity = der(SEQUENCE, time(2020), time(2020 + VALID_YEARS));
  const content = der(SEQUENCE, der(INTEGER, serial), SHA256_WITH_RSA, name, validity, name, publicKey);
  const signature = sign("sha256", content, keys.privateKey);
  const certificate = der(SEQUENCE, content, SHA256_WITH_RSA, der(BIT_STRING, Buffer.from([0]), signature));
  const lines = certificate.toString("base64").match(/.{1,64}/g)!;
  return ["-----BEGIN CERTIFICATE-----", ...lines, "-----END CERTIFICATE-----", ""].join("\n");
}

function time(year: number): Buffer {
  return der(GENERALIZED_TIME, Buffer.from(`${year}0101000000Z`));
}

/** Tag, length, value. */
function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const value = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag]), lengthOf(value.length), value]);
}

function lengthOf(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length]);
  const bytes = Buffer.from(length.toString(16).padStart(length > 0xff ? 4 : 2, "0"), "hex");
  return Buffer.concat([Buffer.from([0x80 | bytes.length]), bytes]);
}

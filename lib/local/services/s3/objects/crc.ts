import { crc32 } from "node:zlib";

/** A checksum that is fed chunk by chunk. */
export interface RunningHash {
  update(chunk: Uint8Array): void;
  /** The value in big-endian bytes. */
  digest(): Buffer;
}

/** The polynomials in bit-reversed form: CRC-32 (ISO-HDLC), CRC-32C (Castagnoli), CRC-64/NVME. */
export const CRC_POLYNOMIALS = { CRC32: 0xedb88320n, CRC32C: 0x82f63b78n, CRC64NVME: 0x9a6c9329ac4bc9b5n } as const;

/** The CRC algorithms whose parts' checksums combine to the object's. */
export type CrcName = keyof typeof CRC_POLYNOMIALS;

/** Starts a cyclic redundancy check. */
export function createCrc(name: CrcName): RunningHash {
  if (name === "CRC32") return new Crc32();
  return name === "CRC32C" ? new Crc32c() : new Crc64Nvme();
}

class Crc32 implements RunningHash {
  #value = 0;

  update(chunk: Uint8Array): void {
    this.#value = crc32(chunk, this.#value);
  }

  digest(): Buffer {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(this.#value);
    return bytes;
  }
}

const SLICES = 8;

/** Eight tables of 256 entries, so that eight bytes are folded in one step. */
const crc32cTables = once(() => {
  const tables = new Uint32Array(SLICES * 256);
  const polynomial = Number(CRC_POLYNOMIALS.CRC32C);
  for (let i = 0; i < 256; i++) {
    let value = i;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ polynomial : value >>> 1;
    tables[i] = value;
  }
  for (let i = 256; i < tables.length; i++) {
    const before = tables[i - 256]!;
    tables[i] = (before >>> 8) ^ tables[before & 0xff]!;
  }
  return tables;
});

class Crc32c implements RunningHash {
  #value = 0xffffffff;

  update(chunk: Uint8Array): void {
    const t = crc32cTables();
    let crc = this.#value;
    let i = 0;
    for (const whole = chunk.length - 7; i < whole; i += SLICES) {
      crc ^= chunk[i]! | (chunk[i + 1]! << 8) | (chunk[i + 2]! << 16) | (chunk[i + 3]! << 24);
      crc =
        t[1792 + (crc & 0xff)]! ^
        t[1536 + ((crc >>> 8) & 0xff)]! ^
        t[1280 + ((crc >>> 16) & 0xff)]! ^
        t[1024 + (crc >>> 24)]! ^
        t[768 + chunk[i + 4]!]! ^
        t[512 + chunk[i + 5]!]! ^
        t[256 + chunk[i + 6]!]! ^
        t[chunk[i + 7]!]!;
    }
    for (; i < chunk.length; i++) crc = (crc >>> 8) ^ t[(crc ^ chunk[i]!) & 0xff]!;
    this.#value = crc;
  }

  digest(): Buffer {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE((this.#value ^ 0xffffffff) >>> 0);
    return bytes;
  }
}

/** As for CRC-32C, with each 64-bit entry split into a low and a high half. */
const crc64Tables = once(() => {
  const low = new Uint32Array(SLICES * 256);
  const high = new Uint32Array(SLICES * 256);
  for (let i = 0; i < 256; i++) {
    let value = BigInt(i);
    for (let bit = 0; bit < 8; bit++) value = value & 1n ? (value >> 1n) ^ CRC_POLYNOMIALS.CRC64NVME : value >> 1n;
    low[i] = Number(value & 0xffffffffn);
    high[i] = Number(value >> 32n);
  }
  for (let i = 256; i < low.length; i++) {
    const index = low[i - 256]! & 0xff;
    low[i] = ((low[i - 256]! >>> 8) | (high[i - 256]! << 24)) ^ low[index]!;
    high[i] = (high[i - 256]! >>> 8) ^ high[index]!;
  }
  return { low, high };
});

class Crc64Nvme implements RunningHash {
  #low = 0xffffffff;
  #high = 0xffffffff;

  update(chunk: Uint8Array): void {
    const { low: tl, high: th } = crc64Tables();
    let low = this.#low;
    let high = this.#high;
    let i = 0;
    for (const whole = chunk.length - 7; i < whole; i += SLICES) {
      low ^= chunk[i]! | (chunk[i + 1]! << 8) | (chunk[i + 2]! << 16) | (chunk[i + 3]! << 24);
      high ^= chunk[i + 4]! | (chunk[i + 5]! << 8) | (chunk[i + 6]! << 16) | (chunk[i + 7]! << 24);
      const a = 1792 + (low & 0xff);
      const b = 1536 + ((low >>> 8) & 0xff);
      const c = 1280 + ((low >>> 16) & 0xff);
      const d = 1024 + (low >>> 24);
      const e = 768 + (high & 0xff);
      const f = 512 + ((high >>> 8) & 0xff);
      const g = 256 + ((high >>> 16) & 0xff);
      const h = high >>> 24;
      low = tl[a]! ^ tl[b]! ^ tl[c]! ^ tl[d]! ^ tl[e]! ^ tl[f]! ^ tl[g]! ^ tl[h]!;
      high = th[a]! ^ th[b]! ^ th[c]! ^ th[d]! ^ th[e]! ^ th[f]! ^ th[g]! ^ th[h]!;
    }
    for (; i < chunk.length; i++) {
      const index = (low ^ chunk[i]!) & 0xff;
      low = ((low >>> 8) | (high << 24)) ^ tl[index]!;
      high = (high >>> 8) ^ th[index]!;
    }
    this.#low = low;
    this.#high = high;
  }

  digest(): Buffer {
    const bytes = Buffer.alloc(8);
    bytes.writeUInt32BE((this.#high ^ 0xffffffff) >>> 0, 0);
    bytes.writeUInt32BE((this.#low ^ 0xffffffff) >>> 0, 4);
    return bytes;
  }
}

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

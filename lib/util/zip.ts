import { crc32, deflateRaw } from "node:zlib";
import { promisify } from "node:util";

const deflate = promisify(deflateRaw);

/** One file of an archive. */
export interface ZipEntry {
  /** Path in the archive, with forward slashes. */
  readonly path: string;
  readonly content: Uint8Array;
  /** Whether the file may be run. False by default. */
  readonly executable?: boolean;
  /** How hard zlib tries, 1 to 9. 6 by default. */
  readonly level?: number;
}

const DOS_TIME_1980 = 0x0000;
const DOS_DATE_1980 = 0x0021;
const UTF8_NAMES = 0x0800;
const MADE_BY_UNIX = 0x0314;

/**
 * Packs files so that the same files always give the same bytes: sorted by path, all of 1 January 1980, modes 644 or
 * 755. Format: PKWARE's APPNOTE 6.3, without zip64 (Lambda takes nothing that would need it).
 */
export async function zip(entries: readonly ZipEntry[]): Promise<Buffer> {
  const sorted = entries.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  const packedEntries = await Promise.all(sorted.map(pack));
  const locals: Buffer[] = [];
  const centrals: Buffer[] = [];
  let offset = 0;
  for (const [index, packed] of packedEntries.entries()) {
    const local = Buffer.concat([signature(0x04034b50), packed.header, packed.name]);
    centrals.push(central(packed, sorted[index]!.executable === true, offset));
    locals.push(local, packed.body);
    offset += local.length + packed.body.length;
  }
  const directory = Buffer.concat(centrals);
  return Buffer.concat([...locals, directory, end(sorted.length, directory.length, offset)]);
}

interface Packed {
  readonly name: Buffer;
  readonly body: Buffer;
  /** What the local and the central record have in common, from the version needed to the name's length on. */
  readonly header: Buffer;
}

/** What was packed before: content that is the same object again need not be packed again. */
const packed = new WeakMap<Uint8Array, { readonly level: number; readonly deflated: Promise<Buffer> }>();

function deflateOnce(content: Uint8Array, level: number): Promise<Buffer> {
  const known = packed.get(content);
  if (known?.level === level) return known.deflated;
  const deflated = deflate(content, { level });
  packed.set(content, { level, deflated });
  return deflated;
}

async function pack(entry: ZipEntry): Promise<Packed> {
  const name = Buffer.from(entry.path, "utf8");
  const deflated = await deflateOnce(entry.content, entry.level ?? 6);
  const smaller = deflated.length < entry.content.length;
  const body = smaller ? deflated : Buffer.from(entry.content);
  const header = Buffer.alloc(26);
  header.writeUInt16LE(20, 0);
  header.writeUInt16LE(UTF8_NAMES, 2);
  header.writeUInt16LE(smaller ? 8 : 0, 4);
  header.writeUInt16LE(DOS_TIME_1980, 6);
  header.writeUInt16LE(DOS_DATE_1980, 8);
  header.writeUInt32LE(crc32(entry.content), 10);
  header.writeUInt32LE(body.length, 14);
  header.writeUInt32LE(entry.content.length, 18);
  header.writeUInt16LE(name.length, 22);
  return { name, body, header };
}

function central({ name, header }: Packed, executable: boolean, offset: number): Buffer {
  const madeBy = Buffer.alloc(2);
  madeBy.writeUInt16LE(MADE_BY_UNIX);
  const rest = Buffer.alloc(14);
  rest.writeUInt32LE((executable ? 0o100755 : 0o100644) * 0x10000, 6);
  rest.writeUInt32LE(offset, 10);
  return Buffer.concat([signature(0x02014b50), madeBy, header, rest, name]);
}

function end(count: number, size: number, offset: number): Buffer {
  const record = Buffer.alloc(18);
  record.writeUInt16LE(count, 4);
  record.writeUInt16LE(count, 6);
  record.writeUInt32LE(size, 8);
  record.writeUInt32LE(offset, 12);
  return Buffer.concat([signature(0x06054b50), record]);
}

function signature(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

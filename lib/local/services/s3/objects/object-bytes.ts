import { Readable } from "node:stream";
import type { ByteRange } from "../../../state/blobs.ts";
import type { BlobReferences } from "../blob-references.ts";
import type { Segment } from "../records.ts";

type Piece = ByteRange & { readonly sha256: string };

/**
 * Reads an object's bytes, or a range of them, from its row of blobs. The blobs stay until the stream closes, so that
 * deleting or overwriting the object meanwhile does not cut the reader off.
 */
export function readObject(references: BlobReferences, segments: readonly Segment[], range?: ByteRange): Readable {
  const pieces = cut(segments, range);
  const [first] = pieces;
  if (first === undefined) return Readable.from([]);
  const letGo = references.hold(pieces.map((piece) => piece.sha256));
  const stream =
    pieces.length === 1
      ? references.blobs.read(first.sha256, first)
      : Readable.from(inTurn(references, pieces), { objectMode: false });
  return stream.once("close", letGo);
}

function cut(segments: readonly Segment[], range: ByteRange | undefined): Piece[] {
  const pieces: Piece[] = [];
  let offset = 0;
  for (const { sha256, sizeBytes } of segments) {
    const start = Math.max(0, (range?.start ?? 0) - offset);
    const end = Math.min(sizeBytes - 1, (range?.end ?? Infinity) - offset);
    if (start <= end) pieces.push({ sha256, start, end });
    offset += sizeBytes;
  }
  return pieces;
}

async function* inTurn(references: BlobReferences, pieces: readonly Piece[]): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) yield* references.blobs.read(piece.sha256, piece) as AsyncIterable<Uint8Array>;
}

import { Readable } from "node:stream";
import { array, assert, asyncProperty, boolean, nat, uint8Array } from "fast-check";
import { describe, expect, test } from "vitest";
import { AwsChunkedDecoder } from "../../../lib/local/wire/aws-chunked.ts";

/** Frames as AWS's clients write them. */
function encode(
  parts: readonly Uint8Array[],
  options: { signed?: boolean; trailers?: readonly string[] } = {},
): Buffer {
  const signature = options.signed ? `;chunk-signature=${"0".repeat(64)}` : "";
  const chunks = parts.flatMap((part) =>
    part.length === 0 ? [] : [Buffer.from(`${part.length.toString(16)}${signature}\r\n`), part, Buffer.from("\r\n")],
  );
  const trailers = (options.trailers ?? []).map((line) => `${line}\r\n`).join("");
  return Buffer.concat([...chunks, Buffer.from(`0${signature}\r\n${trailers}\r\n`)]);
}

async function decode(wire: Buffer, cuts: readonly number[] = [], expectedBytes?: number) {
  const positions = [0, ...cuts.map((cut) => cut % (wire.length + 1)).sort((a, b) => a - b), wire.length];
  const pieces = positions.slice(1).map((end, index) => wire.subarray(positions[index], end));
  const decoder = new AwsChunkedDecoder(expectedBytes);
  const body = Buffer.concat(
    await Readable.from(pieces.filter(({ length }) => length > 0))
      .pipe(decoder)
      .toArray(),
  );
  return { body, trailers: decoder.trailers };
}

test("takes the frames off, however the bytes are cut on their way", async () => {
  await assert(
    asyncProperty(
      array(uint8Array({ maxLength: 200 }), { maxLength: 6 }),
      array(nat({ max: 2000 }), { maxLength: 12 }),
      boolean(),
      async (parts, cuts, signed) => {
        const whole = Buffer.concat(parts);
        const wire = encode(parts, { signed, trailers: ["x-amz-checksum-crc32:AAAAAA=="] });
        const { body, trailers } = await decode(wire, cuts, whole.length);
        expect(body.equals(whole)).toBe(true);
        expect(trailers).toEqual({ "x-amz-checksum-crc32": "AAAAAA==" });
      },
    ),
    { numRuns: 300 },
  );
});

test("reads trailers whose last line end is left out", async () => {
  const wire = Buffer.from("3\r\nabc\r\n0\r\nX-Amz-Checksum-Sha256: sum");
  expect(await decode(wire)).toEqual({ body: Buffer.from("abc"), trailers: { "x-amz-checksum-sha256": "sum" } });
});

describe("fails with IncompleteBody when", () => {
  test.each([
    ["the last chunk is missing", "3\r\nabc\r\n", undefined],
    ["a chunk is cut off", "5\r\nabc", undefined],
    ["a size is not a number", "xyz\r\nabc\r\n0\r\n\r\n", undefined],
    ["a size is beyond reason", "fffffffffffffff\r\nabc\r\n0\r\n\r\n", undefined],
    ["a chunk is longer than it says", "2\r\nabc\r\n0\r\n\r\n", undefined],
    ["the whole is shorter than was said", "3\r\nabc\r\n0\r\n\r\n", 4],
    ["the whole is longer than was said", "3\r\nabc\r\n0\r\n\r\n", 2],
    ["a line never ends", "1".repeat(20_000), undefined],
    ["nothing comes", "", undefined],
  ])("%s", async (_title, wire, expectedBytes) => {
    await expect(decode(Buffer.from(wire), [3, 7], expectedBytes)).rejects.toMatchObject({ code: "IncompleteBody" });
  });
});

import type { ChecksumAlgorithm } from "@aws-sdk/client-s3";
import { Readable } from "node:stream";
import { AwsError } from "../../../aws-error.ts";
import type { BlobStore, StagedBlob } from "../../../state/blobs.ts";
import type { RequestContext } from "../../../service.ts";
import {
  createChecksum,
  DEFAULT_ALGORITHM,
  readChecksum,
  validateChecksum,
  verifyChecksum,
  type ChecksumMembers,
  type PlainChecksum,
} from "./checksums.ts";

/** What PutObject and UploadPart say about their bytes. */
export interface BodyInput extends ChecksumMembers {
  readonly Body?: unknown;
  readonly ContentMD5?: string | undefined;
  readonly ChecksumAlgorithm?: ChecksumAlgorithm | undefined;
}

/** Bytes that arrived as the client meant them, still to be kept. */
export interface ReceivedBody {
  readonly staged: StagedBlob;
  readonly checksum: PlainChecksum;
  /** Present if it was requested. */
  readonly crc64Nvme?: string;
}

/** How BadDigest repeats the expected MD5: PutObject in hexadecimal, UploadPart as it came. */
export type DigestStyle = "hex" | "base64";

/** A body whose checksum comes behind it: by lower-case header name, complete once the stream has ended. */
interface TrailedBody {
  readonly trailers?: Readonly<Record<string, string>>;
}

const CHECKSUM_HEADER = /^x-amz-checksum-(\w+)$/;

/** Streams the body to disk and holds it against everything that the client said about it, before and behind it. */
export async function receiveBody(
  blobs: BlobStore,
  input: BodyInput,
  context: RequestContext,
  options: { readonly algorithm?: ChecksumAlgorithm; readonly withCrc64?: boolean; readonly digestStyle: DigestStyle },
): Promise<ReceivedBody> {
  const early = readChecksum(input);
  if (early) validateChecksum(early);
  validateContentMd5(input.ContentMD5);
  const algorithm = early?.algorithm ?? announcedAlgorithm(input, context) ?? options.algorithm ?? DEFAULT_ALGORITHM;
  const running = createChecksum(algorithm);
  const crc64 = options.withCrc64 ? createChecksum(DEFAULT_ALGORITHM) : undefined;
  const staged = await blobs.stage(toReadable(input.Body), (chunk) => {
    running.update(chunk);
    crc64?.update(chunk);
  });
  try {
    verifyContentMd5(input.ContentMD5, staged.md5, options.digestStyle);
    verifyPayloadHash(context, staged.sha256);
    const computed = { algorithm, value: running.digest().toString("base64") };
    const checksum = await verifyClaim(early ?? readTrailer(input.Body), computed, staged);
    return { staged, checksum, ...(crc64 ? { crc64Nvme: crc64.digest().toString("base64") } : {}) };
  } catch (error) {
    await staged.discard();
    throw error;
  }
}

async function verifyClaim(
  claim: PlainChecksum | undefined,
  computed: PlainChecksum,
  staged: StagedBlob,
): Promise<PlainChecksum> {
  if (claim === undefined) return computed;
  validateChecksum(claim);
  const value = claim.algorithm === computed.algorithm ? computed.value : await checksumOf(staged, claim.algorithm);
  verifyChecksum(claim, value);
  return claim;
}

/** A trailer may turn out to be of another kind than was announced. */
async function checksumOf(staged: StagedBlob, algorithm: ChecksumAlgorithm): Promise<string> {
  const running = createChecksum(algorithm);
  for await (const chunk of staged.read() as AsyncIterable<Uint8Array>) running.update(chunk);
  return running.digest().toString("base64");
}

function announcedAlgorithm(input: BodyInput, context: RequestContext): ChecksumAlgorithm | undefined {
  const announced = algorithmOf(String(context.http?.headers["x-amz-trailer"] ?? ""));
  return announced ?? input.ChecksumAlgorithm;
}

function readTrailer(body: unknown): PlainChecksum | undefined {
  for (const [name, value] of Object.entries((body as TrailedBody | undefined)?.trailers ?? {})) {
    const algorithm = algorithmOf(name);
    if (algorithm !== undefined) return { algorithm, value };
  }
  return undefined;
}

function algorithmOf(header: string): ChecksumAlgorithm | undefined {
  return CHECKSUM_HEADER.exec(header.trim().toLowerCase())?.[1]?.toUpperCase() as ChecksumAlgorithm | undefined;
}

function toReadable(body: unknown): Readable | Uint8Array {
  if (body === undefined || body === null) return new Uint8Array();
  if (typeof body === "string") return Buffer.from(body);
  if (body instanceof Uint8Array || body instanceof Readable) return body;
  return Readable.from(body as AsyncIterable<Uint8Array>);
}

function validateContentMd5(md5: string | undefined): void {
  if (md5 === undefined) return;
  const bytes = Buffer.from(md5, "base64");
  if (bytes.length === 16 && bytes.toString("base64") === md5) return;
  throw new AwsError("InvalidDigest", "The Content-MD5 you specified was invalid.", {
    members: { "Content-MD5": md5 },
  });
}

function verifyContentMd5(expected: string | undefined, md5Hex: string, style: DigestStyle): void {
  if (expected === undefined) return;
  const expectedHex = Buffer.from(expected, "base64").toString("hex");
  if (expectedHex === md5Hex) return;
  throw new AwsError("BadDigest", "The Content-MD5 you specified did not match what we received.", {
    members: {
      ExpectedDigest: style === "hex" ? expectedHex : expected,
      CalculatedDigest: Buffer.from(md5Hex, "hex").toString("base64"),
    },
  });
}

function verifyPayloadHash(context: RequestContext, sha256: string): void {
  const signed = context.http?.headers["x-amz-content-sha256"];
  if (typeof signed !== "string" || !/^[0-9a-f]{64}$/.test(signed) || signed === sha256) return;
  throw new AwsError(
    "XAmzContentSHA256Mismatch",
    "The provided 'x-amz-content-sha256' header does not match what was computed.",
    { members: { ClientComputedContentSHA256: signed, S3ComputedContentSHA256: sha256 } },
  );
}

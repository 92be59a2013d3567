import { existsSync } from "node:fs";
import { readFile, readdir, stat } from "node:fs/promises";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { HeadObjectCommand, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import type { AssetDestination, FileAsset } from "../assembly/assembly.ts";
import type { IoHost } from "../io/message.ts";
import { patientClient } from "../aws/patient-client.ts";
import { remoteError } from "../aws/remote-error.ts";
import { RemoteError, UserError } from "../errors.ts";
import { mapConcurrently } from "../util/map-concurrently.ts";
import { zip } from "../util/zip.ts";
import { assumeRole, fillPlaceholders, type Target } from "./target.ts";

const UPLOADS_AT_ONCE = 8;

/** What publishing came to. */
export interface PublishResult {
  readonly uploaded: number;
  readonly unchanged: number;
  readonly uploadedBytes: number;
}

/** An asset and one of its destinations. */
export interface AssetJob {
  readonly asset: FileAsset;
  readonly destination: AssetDestination;
  readonly target: Target;
  /** The object's content where it is not the file at the asset's path. */
  readonly content?: string;
}

/**
 * Brings files to S3, several at once. The key is the content's hash, so an object that is there already, and has the
 * size and the checksum it should have, is left alone. Every call says whose bucket it must be.
 */
export async function publishAssets(
  jobs: readonly AssetJob[],
  host: IoHost,
  signal: AbortSignal,
): Promise<PublishResult> {
  const results = await mapConcurrently(unique(jobs), UPLOADS_AT_ONCE, async (job) => {
    signal.throwIfAborted();
    return publishAsset(job, host, signal);
  });
  const sizes = results.filter((size) => size !== undefined);
  return {
    uploaded: sizes.length,
    unchanged: results.length - sizes.length,
    uploadedBytes: sizes.reduce((sum, size) => sum + size, 0),
  };
}

function unique(jobs: readonly AssetJob[]): AssetJob[] {
  return [...new Map(jobs.map((job) => [place(job), job])).values()];
}

function place({ destination, target }: AssetJob): string {
  const { bucketName, objectKey } = destination;
  return fillPlaceholders(`s3://${bucketName}/${objectKey}`, target);
}

/** The number of bytes uploaded; undefined where the object was there. */
async function publishAsset(job: AssetJob, host: IoHost, signal: AbortSignal): Promise<number | undefined> {
  const { asset, destination, target } = job;
  const aws = await assumeRole(target, destination.assumeRoleArn);
  const regional = destination.region === undefined ? aws : aws.inRegion(fillPlaceholders(destination.region, target));
  const { onTrouble } = target;
  const s3 = await patientClient(regional, "s3", { signal, ...(onTrouble && { onTrouble }) });
  const object = {
    Bucket: fillPlaceholders(destination.bucketName, target),
    Key: fillPlaceholders(destination.objectKey, target),
    ExpectedBucketOwner: target.account,
  };
  const body = await tryReadBody(job);
  // What another machine planned and uploaded needs no file here: its key is the content's hash.
  if (body === undefined && (await headObject(s3, object, job)) !== undefined) return undefined;
  if (body === undefined) throw unreadable(asset);
  const checksum = createHash("sha256").update(body).digest("base64");
  const found = await headObject(s3, object, job);
  if (found !== undefined && found.size === body.length && (found.checksum ?? checksum) === checksum) return undefined;
  await s3
    .send(new PutObjectCommand({ ...object, Body: body, ChecksumSHA256: checksum, ChecksumAlgorithm: "SHA256" }), {
      abortSignal: signal,
    })
    .catch((cause: unknown) => {
      throw uploadError(job, cause);
    });
  host.notify({
    code: "AssetUploaded",
    level: "debug",
    text: `uploaded ${asset.displayName} (${body.length} bytes)`,
    data: { asset: asset.displayName, bytes: body.length, to: place(job) },
  });
  return body.length;
}

/** Undefined where the asset's file or folder does not exist. */
async function tryReadBody({ asset, content }: AssetJob): Promise<Buffer | undefined> {
  if (content !== undefined) return Buffer.from(content);
  return existsSync(asset.path) ? readAsset(asset) : undefined;
}

async function headObject(
  s3: S3Client,
  object: { Bucket: string; Key: string; ExpectedBucketOwner: string },
  job: AssetJob,
): Promise<{ size: number; checksum?: string } | undefined> {
  try {
    const head = await s3.send(new HeadObjectCommand({ ...object, ChecksumMode: "ENABLED" }));
    return { size: head.ContentLength ?? -1, checksum: head.ChecksumSHA256 };
  } catch (error) {
    if (error instanceof RemoteError && error.statusCode === 404) return undefined;
    throw uploadError(job, error);
  }
}

async function readAsset(asset: FileAsset): Promise<Buffer> {
  try {
    if (asset.packaging === "file") return await readFile(asset.path);
    return await zip(await readFolder(asset.path));
  } catch (cause) {
    throw unreadable(asset, cause);
  }
}

function unreadable({ displayName, path }: FileAsset, cause?: unknown): UserError {
  const why = cause instanceof Error ? cause.message : "there is no such file, and it was never uploaded";
  return new UserError("AssetUnreadable", `The asset ${displayName} cannot be read from ${path}: ${why}`, {
    cause,
    fix: "Run `tidegate synth` again.",
  });
}

async function readFolder(folder: string) {
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter(
    (entry) => !entry.isDirectory(),
  );
  return Promise.all(
    files.map(async (file) => {
      const path = join(file.parentPath, file.name);
      const [content, { mode }] = await Promise.all([readFile(path), stat(path)]);
      return { path: path.slice(folder.length + 1).replaceAll("\\", "/"), content, executable: (mode & 0o111) !== 0 };
    }),
  );
}

function uploadError(job: AssetJob, cause: unknown): Error {
  const { account, region } = job.target;
  const forbidden = cause instanceof RemoteError && cause.statusCode === 403;
  return remoteError(
    "UploadRefused",
    `${place(job)} cannot be written for ${job.asset.displayName}`,
    cause,
    forbidden
      ? `The bucket must belong to account ${account} and let you write: run \`npx cdk bootstrap aws://${account}/${region}\`.`
      : "Try again: what was uploaded stays, and is not uploaded twice.",
  );
}

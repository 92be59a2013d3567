import {
  GetObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutObjectCommand,
  type ObjectVersion,
} from "@aws-sdk/client-s3";
import type { Aws } from "../../aws/aws.ts";
import { hasName, statusOf } from "./remote-name.ts";

/** The object with the document. */
export const DOCUMENT = "release.json";

/** The place of a journal. */
export interface JournalAddress {
  readonly bucket: string;
  /** The account that must own the bucket: a squatted one is refused. */
  readonly account: string;
  readonly app: string;
  readonly stage: string;
}

/** An object's text with the tag that the next write has to insist on. */
export interface StoredText {
  readonly text: string;
  readonly tag: string;
}

/** What a write insists on: that there is no object, or that it is the one with this tag. */
export type WriteCondition = { readonly IfNoneMatch: "*" } | { readonly IfMatch: string };

/** The objects of one journal. Every call names the account that must own the bucket. */
export class JournalStore {
  readonly address: JournalAddress;
  readonly #aws: Aws;

  constructor(aws: Aws, address: JournalAddress) {
    this.#aws = aws;
    this.address = address;
  }

  /** The key of one of the journal's objects. */
  key(name: string): string {
    const { app, stage } = this.address;
    return `tidegate/releases/${encodeURIComponent(app)}/${encodeURIComponent(stage)}/${name}`;
  }

  /** For people. */
  url(name: string): string {
    return `s3://${this.address.bucket}/${this.key(name)}`;
  }

  /** Whether the journal's document is there, readable or not. */
  async presence(): Promise<"present" | "absent" | "no-bucket"> {
    try {
      return (await this.#get(DOCUMENT)) === undefined ? "absent" : "present";
    } catch (error) {
      if (isMissingBucket(error)) return "no-bucket";
      throw error;
    }
  }

  /** Undefined when there is no such object, or no such bucket. */
  async get(name: string, versionId?: string): Promise<StoredText | undefined> {
    try {
      return await this.#get(name, versionId);
    } catch (error) {
      if (isMissingBucket(error)) return undefined;
      throw error;
    }
  }

  async #get(name: string, VersionId?: string): Promise<StoredText | undefined> {
    const client = await this.#aws.client("s3");
    const version = VersionId === undefined ? {} : { VersionId };
    try {
      const found = await client.send(new GetObjectCommand({ ...this.#place, Key: this.key(name), ...version }));
      return { text: await found.Body!.transformToString(), tag: found.ETag! };
    } catch (error) {
      if (hasName(error, "NoSuchKey")) return undefined;
      throw error;
    }
  }

  /** Returns the new tag. */
  async put(name: string, text: string, condition: WriteCondition): Promise<string> {
    const client = await this.#aws.client("s3");
    const object = { ...this.#place, Key: this.key(name), Body: text, ContentType: "application/json" };
    return (await client.send(new PutObjectCommand({ ...object, ...condition }))).ETag!;
  }

  /** Names of all objects. */
  async list(): Promise<string[]> {
    const client = await this.#aws.client("s3");
    const Prefix = this.key("");
    const names: string[] = [];
    let ContinuationToken: string | undefined;
    do {
      const page = await client.send(new ListObjectsV2Command({ ...this.#place, Prefix, ContinuationToken }));
      names.push(...(page.Contents ?? []).map(({ Key = "" }) => Key.slice(Prefix.length)));
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken !== undefined);
    return names;
  }

  /** Ids of an object's latest versions, the newest first. None where the bucket keeps none. */
  async versions(name: string): Promise<string[]> {
    const client = await this.#aws.client("s3");
    const key = this.key(name);
    const { Versions = [] } = await client.send(
      new ListObjectVersionsCommand({ ...this.#place, Prefix: key, MaxKeys: VERSIONS_READ }),
    );
    return Versions.filter((one): one is ObjectVersion & { VersionId: string } => one.VersionId !== undefined)
      .filter(({ Key }) => Key === key)
      .map(({ VersionId }) => VersionId);
  }

  get #place() {
    const { bucket, account } = this.address;
    return { Bucket: bucket, ExpectedBucketOwner: account };
  }
}

/** How many versions of an object are listed: a damaged one is followed by few others. */
const VERSIONS_READ = 50;

/** 412: the tag is another; 409: a write at the same moment; 404: it was to be changed and is gone. */
export function isConflict(error: unknown): boolean {
  if (hasName(error, "PreconditionFailed", "ConditionalRequestConflict", "NoSuchKey")) return true;
  return statusOf(error) === 412 || statusOf(error) === 409;
}

/** There is no bucket of that name. */
export function isMissingBucket(error: unknown): boolean {
  return hasName(error, "NoSuchBucket");
}

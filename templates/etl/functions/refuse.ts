import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import type { RefusedLine } from "./transform.ts";

const s3 = new S3Client({});
const { BUCKET } = process.env;

interface RefusedBatch {
  /** For example `in/goods.csv`. */
  readonly file: string;
  /** The same each time that the batch is tried. */
  readonly batch: string;
  readonly refused: readonly RefusedLine[];
}

/** Puts refused lines aside, one JSON object a line, with what is wrong with each. */
export async function handler({ file, batch, refused }: RefusedBatch) {
  const Key = `refused/${file.replace(/^in\//, "")}/${batch}.jsonl`;
  const Body = refused.map((each) => `${JSON.stringify(each)}\n`).join("");
  await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body, ContentType: "application/jsonl" }));
  return { key: Key };
}

import type { Checked } from "../../../kit/checked.ts";
import type { Tag } from "@aws-sdk/client-s3";
import { AwsError } from "../../../aws-error.ts";
import { invalidArgument, malformedXml } from "../errors.ts";
import { percentDecode } from "../../../../util/percent-decode.ts";

/** Letters, numbers and spaces of any script, and `+ - = . _ : / @` (docs.aws.amazon.com/AmazonS3, object tagging). */
const TEXT = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;
const LIMITS = { bucket: 50, object: 10 } as const;

/** Refuses tags that S3 does not take. */
export function validateTags(tags: readonly Checked<Tag>[], of: keyof typeof LIMITS): void {
  if (tags.length > LIMITS[of]) {
    const noun = of === "object" ? "Object" : "Bucket";
    throw new AwsError("BadRequest", `${noun} tags cannot be greater than ${LIMITS[of]}`);
  }
  const seen = new Set<string>();
  for (const { Key: key, Value: value } of tags) {
    if (key === undefined || value === undefined) throw malformedXml();
    if (seen.has(key)) throw invalidTag("Cannot provide multiple Tags with the same key", { TagKey: key });
    seen.add(key);
    if (key.startsWith("aws:")) throw invalidTag(systemTagMessage(of));
    if (key === "" || key.length > 128 || !TEXT.test(key)) {
      throw invalidTag("The TagKey you have provided is invalid", { TagKey: key });
    }
    if (value.length > 256 || !TEXT.test(value)) {
      throw invalidTag("The TagValue you have provided is invalid", { TagKey: key, TagValue: value });
    }
  }
}

/** Reads the tags that an upload carries in its `x-amz-tagging` header: `a=1&b=2`. */
export function readTaggingHeader(header: string | undefined): Checked<Tag>[] {
  if (!header) return [];
  const tags = header.split("&").map(readPair);
  const keys = new Set(tags.map((tag) => tag?.Key));
  if (tags.includes(undefined) || keys.size < tags.length) {
    throw invalidArgument(
      "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name duplicates.",
      "x-amz-tagging",
      header,
    );
  }
  validateTags(tags as Checked<Tag>[], "object");
  return tags as Checked<Tag>[];
}

function readPair(pair: string): Checked<Tag> | undefined {
  const [key, value = "", ...more] = pair.split("=");
  if (!key || more.length > 0) return undefined;
  const [Key, Value] = [key, value].map((text) => percentDecode(text.replaceAll("+", " ")));
  return Key === undefined || Value === undefined ? undefined : { Key, Value };
}

function systemTagMessage(of: keyof typeof LIMITS): string {
  return of === "object"
    ? "Your TagKey cannot be prefixed with aws:"
    : 'User-defined tag keys can\'t start with "aws:". This prefix is reserved for system tags. Remove "aws:" from your tag keys and try again.';
}

function invalidTag(message: string, members: Record<string, string> = {}): AwsError {
  return new AwsError("InvalidTag", message, { members });
}

import type { ObjectOwnership } from "@aws-sdk/client-s3";
import { invalidArgument } from "../errors.ts";

const OWNERSHIPS = new Set(["BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter"]);

/** Who owns what others write into a bucket: by default the bucket's owner, with ACLs off. */
export function readOwnership(given: string | undefined): ObjectOwnership {
  if (given === undefined) return "BucketOwnerEnforced";
  if (isOwnership(given)) return given;
  throw invalidArgument(`Invalid x-amz-object-ownership header: ${given}`, "x-amz-object-ownership");
}

/** Whether the text is one of S3's object ownership settings. */
export function isOwnership(given: string | undefined): given is ObjectOwnership {
  return given !== undefined && OWNERSHIPS.has(given);
}

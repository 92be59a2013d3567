import type { Checked } from "../../../kit/checked.ts";
import type { CORSRule, ServerSideEncryptionRule } from "@aws-sdk/client-s3";
import { AwsError } from "../../../aws-error.ts";
import type { BucketSettingName, BucketSettingTypes } from "./bucket-settings.ts";
import { isOwnership } from "../access/ownership.ts";
import { requireBucket, type Input, type Output, type S3 } from "../context.ts";
import { invalidArgument, invalidRequest, malformedXml } from "../errors.ts";
import { validateTags } from "./tags.ts";

/** What S3 says where a setting was never made. */
const MISSING = {
  cors: ["NoSuchCORSConfiguration", "The CORS configuration does not exist"],
  ownership: ["OwnershipControlsNotFoundError", "The bucket ownership controls were not found"],
  publicAccessBlock: ["NoSuchPublicAccessBlockConfiguration", "The public access block configuration was not found"],
  tags: ["NoSuchTagSet", "The TagSet does not exist"],
  website: ["NoSuchWebsiteConfiguration", "The specified bucket does not have a website configuration"],
} as const satisfies Partial<Record<BucketSettingName, readonly [string, string]>>;

const METHODS = new Set(["GET", "PUT", "POST", "DELETE", "HEAD"]);

/** Sets the origins whose web pages may call the bucket: at most 100 rules. */
export function putBucketCors(s3: S3, input: Input<"PutBucketCors">): object {
  const rules = input.CORSConfiguration?.CORSRules ?? [];
  if (rules.length === 0 || rules.length > 100) throw malformedXml();
  for (const rule of rules) validateCorsRule(rule);
  return put(s3, input, "cors", { CORSRules: rules });
}

/** Returns a bucket's CORS rules. `NoSuchCORSConfiguration` where it has none. */
export function getBucketCors(s3: S3, input: Input<"GetBucketCors">): Output<"GetBucketCors"> {
  return { CORSRules: requireSetting(s3, input, "cors").CORSRules };
}

/** Sets the default encryption of new objects. */
export function putBucketEncryption(s3: S3, input: Input<"PutBucketEncryption">): object {
  const rules = input.ServerSideEncryptionConfiguration?.Rules ?? [];
  if (rules.length !== 1) throw malformedXml();
  const { SSEAlgorithm: algorithm, KMSMasterKeyID: key } = rules[0]!.ApplyServerSideEncryptionByDefault ?? {};
  if (algorithm === undefined) throw malformedXml();
  if (key !== undefined && algorithm === "AES256") {
    throw invalidArgument(
      "a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse",
      "ApplyServerSideEncryptionByDefault",
    );
  }
  return put(s3, input, "encryption", { Rules: rules });
}

/** Where nothing was set, S3 encrypts with keys of its own. */
export function getBucketEncryption(s3: S3, input: Input<"GetBucketEncryption">): Output<"GetBucketEncryption"> {
  const bucket = requireBucket(s3, input.Bucket);
  const rules = s3.settings.get(bucket.name, "encryption")?.Rules ?? [
    { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" } },
  ];
  const Rules = rules.map((rule): Checked<ServerSideEncryptionRule> => ({ BucketKeyEnabled: false, ...rule }));
  return { ServerSideEncryptionConfiguration: { Rules } };
}

/** Sets which public ACLs and policies a bucket ignores or refuses. */
export function putPublicAccessBlock(s3: S3, input: Input<"PutPublicAccessBlock">): object {
  const given = input.PublicAccessBlockConfiguration ?? {};
  const value = {
    BlockPublicAcls: given.BlockPublicAcls ?? false,
    IgnorePublicAcls: given.IgnorePublicAcls ?? false,
    BlockPublicPolicy: given.BlockPublicPolicy ?? false,
    RestrictPublicBuckets: given.RestrictPublicBuckets ?? false,
  };
  if (Object.keys(given).length === 0) throw invalidRequest("Must specify at least one configuration.");
  return put(s3, input, "publicAccessBlock", value);
}

/** Returns a bucket's block of public access. `NoSuchPublicAccessBlockConfiguration` without one. */
export function getPublicAccessBlock(s3: S3, input: Input<"GetPublicAccessBlock">): Output<"GetPublicAccessBlock"> {
  return { PublicAccessBlockConfiguration: requireSetting(s3, input, "publicAccessBlock") };
}

/** Sets who owns new objects, and whether ACLs count. */
export function putBucketOwnershipControls(s3: S3, input: Input<"PutBucketOwnershipControls">): object {
  const rules = input.OwnershipControls?.Rules ?? [];
  if (rules.length !== 1 || !isOwnership(rules[0]!.ObjectOwnership)) throw malformedXml();
  return put(s3, input, "ownership", { Rules: rules });
}

/** Returns who owns new objects. `OwnershipControlsNotFoundError` without a setting. */
export function getBucketOwnershipControls(
  s3: S3,
  input: Input<"GetBucketOwnershipControls">,
): Output<"GetBucketOwnershipControls"> {
  return { OwnershipControls: requireSetting(s3, input, "ownership") };
}

/** Replaces a bucket's tags. */
export function putBucketTagging(s3: S3, input: Input<"PutBucketTagging">): object {
  const tags = input.Tagging?.TagSet ?? [];
  validateTags(tags, "bucket");
  if (tags.length === 0) return remove(s3, input, "tags");
  return put(s3, input, "tags", tags);
}

/** Returns a bucket's tags. `NoSuchTagSet` where it has none. */
export function getBucketTagging(s3: S3, input: Input<"GetBucketTagging">): Output<"GetBucketTagging"> {
  return { TagSet: [...requireSetting(s3, input, "tags")] };
}

/** Sets how a bucket is served as a website. */
export function putBucketWebsite(s3: S3, input: Input<"PutBucketWebsite">): object {
  const website = input.WebsiteConfiguration ?? {};
  const { IndexDocument: index, RedirectAllRequestsTo: redirect } = website;
  if (redirect && Object.values(website).filter((value) => value !== undefined).length > 1) {
    throw invalidArgument(
      "RedirectAllRequestsTo cannot be provided in conjunction with other Routing Rules.",
      "RedirectAllRequestsTo",
      "not null",
    );
  }
  if (!redirect && !index) {
    throw invalidArgument(
      "A value for IndexDocument Suffix must be provided if RedirectAllRequestsTo is empty",
      "IndexDocument",
      "null",
    );
  }
  if (index && (!index.Suffix || index.Suffix.includes("/"))) {
    throw invalidArgument("The IndexDocument Suffix is not well formed", "IndexDocument", index.Suffix ?? "");
  }
  return put(s3, input, "website", website);
}

/** Returns a bucket's website settings. `NoSuchWebsiteConfiguration` where it has none. */
export function getBucketWebsite(s3: S3, input: Input<"GetBucketWebsite">): Output<"GetBucketWebsite"> {
  return requireSetting(s3, input, "website");
}

/** Sets where a bucket's access log goes, or switches it off. */
export function putBucketLogging(s3: S3, input: Input<"PutBucketLogging">): object {
  const logging = input.BucketLoggingStatus?.LoggingEnabled;
  if (logging === undefined) return remove(s3, input, "logging");
  const bucket = requireBucket(s3, input.Bucket);
  const target = s3.buckets.get(logging.TargetBucket);
  if (target === undefined || target.region !== bucket.region) {
    throw new AwsError("InvalidTargetBucketForLogging", "The target bucket for logging does not exist", {
      members: { TargetBucket: logging.TargetBucket },
    });
  }
  return put(s3, input, "logging", logging);
}

/** Returns where a bucket's access log goes; empty where it has none. */
export function getBucketLogging(s3: S3, input: Input<"GetBucketLogging">): Output<"GetBucketLogging"> {
  const logging = s3.settings.get(requireBucket(s3, input.Bucket).name, "logging");
  return logging === undefined ? {} : { LoggingEnabled: logging };
}

/** Switches transfer acceleration on or off. It is stored, and has no effect here. */
export function putBucketAccelerateConfiguration(s3: S3, input: Input<"PutBucketAccelerateConfiguration">): object {
  const status = input.AccelerateConfiguration?.Status;
  if (status !== "Enabled" && status !== "Suspended") throw malformedXml();
  if (input.Bucket?.includes(".")) {
    throw invalidRequest("S3 Transfer Acceleration is not supported for buckets with periods (.) in their names");
  }
  return put(s3, input, "accelerate", { Status: status });
}

/** Returns whether transfer acceleration is on. */
export function getBucketAccelerateConfiguration(
  s3: S3,
  input: Input<"GetBucketAccelerateConfiguration">,
): Output<"GetBucketAccelerateConfiguration"> {
  return s3.settings.get(requireBucket(s3, input.Bucket).name, "accelerate") ?? {};
}

/** Sets who pays for requests. It is stored, and has no effect here. */
export function putBucketRequestPayment(s3: S3, input: Input<"PutBucketRequestPayment">): object {
  const payer = input.RequestPaymentConfiguration?.Payer;
  if (payer !== "BucketOwner" && payer !== "Requester") throw malformedXml();
  return put(s3, input, "requestPayment", { Payer: payer });
}

/** Returns who pays for requests. */
export function getBucketRequestPayment(
  s3: S3,
  input: Input<"GetBucketRequestPayment">,
): Output<"GetBucketRequestPayment"> {
  const bucket = requireBucket(s3, input.Bucket);
  return s3.settings.get(bucket.name, "requestPayment") ?? { Payer: "BucketOwner" };
}

/** Removes a bucket's CORS rules. */
export const deleteBucketCors = removing("cors");
/** Sets the default encryption back to SSE-S3. */
export const deleteBucketEncryption = removing("encryption");
/** Removes a bucket's lifecycle rules: no object expires any more. */
export const deleteBucketLifecycle = removing("lifecycle");
/** Removes a bucket's object ownership setting. */
export const deleteBucketOwnershipControls = removing("ownership");
/** Removes a bucket's tags. */
export const deleteBucketTagging = removing("tags");
/** Removes a bucket's website settings. */
export const deleteBucketWebsite = removing("website");
/** Removes a bucket's block of public access. */
export const deletePublicAccessBlock = removing("publicAccessBlock");

function removing(name: BucketSettingName) {
  return (s3: S3, input: { Bucket?: string | undefined }): object => remove(s3, input, name);
}

/** Deletes a setting. A setting that was never made is not an error. */
function remove(s3: S3, input: { Bucket?: string | undefined }, name: BucketSettingName): object {
  s3.settings.delete(requireBucket(s3, input.Bucket).name, name);
  return {};
}

function put<K extends BucketSettingName>(
  s3: S3,
  input: { Bucket?: string | undefined },
  name: K,
  value: BucketSettingTypes[K],
): object {
  s3.settings.put(requireBucket(s3, input.Bucket).name, name, value);
  return {};
}

function requireSetting<K extends keyof typeof MISSING>(
  s3: S3,
  input: { Bucket?: string | undefined },
  name: K,
): BucketSettingTypes[K] {
  const bucket = requireBucket(s3, input.Bucket);
  const value = s3.settings.get(bucket.name, name);
  if (value !== undefined) return value;
  const [code, message] = MISSING[name];
  throw new AwsError(code, message, { statusCode: 404, members: { BucketName: bucket.name } });
}

function validateCorsRule(rule: Checked<CORSRule>): void {
  const { AllowedMethods: methods, AllowedOrigins: origins, AllowedHeaders: headers = [] } = rule;
  if (methods.length === 0 || origins.length === 0) throw malformedXml();
  for (const method of methods) {
    if (METHODS.has(method)) continue;
    throw invalidRequest(`Found unsupported HTTP method in CORS config. Unsupported method is ${method}`);
  }
  for (const [name, values] of [
    ["AllowedOrigin", origins],
    ["AllowedHeader", headers],
  ] as const) {
    const crowded = values.find((value) => value.split("*").length > 2);
    if (crowded !== undefined) throw invalidRequest(`${name} "${crowded}" can not have more than one wildcard.`);
  }
  const exposed = rule.ExposeHeaders?.find((header) => header.includes("*"));
  if (exposed !== undefined) {
    throw invalidRequest(
      `ExposeHeader "${exposed}" contains wildcard. We currently do not support wildcard for ExposeHeader.`,
    );
  }
}

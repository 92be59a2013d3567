import { AwsError } from "../../../aws-error.ts";
import type { Operations, RequestContext } from "../../../service.ts";
import { refuseAnonymous } from "./anonymous.ts";
import type { S3 } from "../context.ts";
import { accessDenied } from "../errors.ts";

/** The members that all of S3's inputs may have. */
interface CommonInput {
  readonly Bucket?: string;
  readonly Key?: string;
  readonly ExpectedBucketOwner?: string;
  readonly ExpectedSourceBucketOwner?: string;
}

type Handler = (input: CommonInput, context: RequestContext) => unknown;

const PRESIGNED = ["Algorithm", "Credential", "Signature", "Date", "SignedHeaders", "Expires"];

/**
 * Puts the checks of every S3 request before each operation: the link's expiry, the expected owner, the right region.
 */
export function admitBefore(s3: S3, operations: Operations<"s3">): Operations<"s3"> {
  const guarded = Object.entries(operations as Record<string, Handler>).map(([name, handler]) => [
    name,
    (input: CommonInput, context: RequestContext) => {
      admit(s3, name, input, context);
      return handler(input, context);
    },
  ]);
  return Object.fromEntries(guarded) as Operations<"s3">;
}

function admit(s3: S3, operation: string, input: CommonInput, context: RequestContext): void {
  refuseExpiredLink(s3, context);
  for (const owner of [input.ExpectedBucketOwner, input.ExpectedSourceBucketOwner]) refuseOtherOwner(s3, owner);
  if (operation !== "CreateBucket") refuseOtherRegion(s3, operation, input, context);
  refuseAnonymous(s3, operation, input, context);
}

function refuseExpiredLink(s3: S3, { http }: RequestContext): void {
  const query = new URL(http?.url ?? "/", "http://localhost").searchParams;
  const present = PRESIGNED.filter((name) => query.has(`X-Amz-${name}`));
  if (present.length === 0 && !query.has("Signature")) return;
  const nowMs = s3.cloud.clock.now();
  if (present.length === 0) return refuseExpiredOldLink(query, nowMs);
  if (present.length < PRESIGNED.length) {
    throw new AwsError(
      "AuthorizationQueryParametersError",
      "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.",
    );
  }
  const lifetime = query.get("X-Amz-Expires")!;
  const signedMs = Date.parse(
    query.get("X-Amz-Date")!.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"),
  );
  if (!Number.isFinite(signedMs) || !/^\d+$/.test(lifetime) || Number(lifetime) > 604_800) {
    throw new AwsError(
      "AuthorizationQueryParametersError",
      Number(lifetime) > 604_800
        ? "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds"
        : "X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"",
    );
  }
  const endMs = signedMs + Number(lifetime) * 1000;
  if (nowMs > endMs) throw expired(endMs, nowMs, { "X-Amz-Expires": lifetime });
}

/** Links signed by version 2 carry the second at which they end. */
function refuseExpiredOldLink(query: URLSearchParams, nowMs: number): void {
  const endMs = Number(query.get("Expires") ?? 0) * 1000;
  if (nowMs > endMs) throw expired(endMs, nowMs, {});
}

function expired(endMs: number, nowMs: number, members: Record<string, string>): AwsError {
  const time = (epochMs: number) => new Date(epochMs).toISOString().replace(/\.\d+Z$/, "Z");
  return new AwsError("AccessDenied", "Request has expired", {
    statusCode: 403,
    members: { ...members, Expires: time(endMs), ServerTime: time(nowMs) },
  });
}

function refuseOtherOwner(s3: S3, owner: string | undefined): void {
  if (owner === undefined || owner === s3.cloud.account) return;
  if (/^\d{12}$/.test(owner)) throw accessDenied();
  throw new AwsError(
    "InvalidBucketOwnerAWSAccountID",
    `The value of the expected bucket owner parameter must be an AWS Account ID... [${owner}]`,
  );
}

/** A signature is good for one region. Calls inside the cloud, and unsigned ones, name none. */
function refuseOtherRegion(s3: S3, operation: string, input: CommonInput, context: RequestContext): void {
  const bucket = input.Bucket === undefined ? undefined : s3.buckets.get(input.Bucket);
  if (bucket === undefined || context.http === undefined || context.accessKeyId === undefined) return;
  if (bucket.region === context.region || operation === "GetBucketLocation") return;
  throw new AwsError(
    "AuthorizationHeaderMalformed",
    `The authorization header is malformed; the region '${context.region}' is wrong; expecting '${bucket.region}'`,
    { members: { Region: bucket.region }, headers: { "x-amz-bucket-region": bucket.region } },
  );
}

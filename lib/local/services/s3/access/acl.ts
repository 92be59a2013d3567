import type { Checked } from "../../../kit/checked.ts";
import type { Grant, Permission } from "@aws-sdk/client-s3";
import { AwsError } from "../../../aws-error.ts";
import type { BucketRecord } from "../records.ts";
import { canonicalUser, type S3 } from "../context.ts";
import { invalidArgument, invalidRequest } from "../errors.ts";

/** The headers that grant permissions one by one. */
export interface GrantHeaders {
  readonly GrantFullControl?: string | undefined;
  readonly GrantRead?: string | undefined;
  readonly GrantReadACP?: string | undefined;
  readonly GrantWrite?: string | undefined;
  readonly GrantWriteACP?: string | undefined;
}

/** What an access control list may be given by besides a document. */
export interface AclHeaders extends GrantHeaders {
  readonly ACL?: string | undefined;
}

const ALL_USERS = "http://acs.amazonaws.com/groups/global/AllUsers";
const AUTHENTICATED_USERS = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers";
const LOG_DELIVERY = "http://acs.amazonaws.com/groups/s3/LogDelivery";

/** What the canned lists grant besides the owner's full control. */
const CANNED = new Map<string, readonly (readonly [group: string, permission: Permission])[]>([
  ["private", []],
  ["bucket-owner-read", []],
  ["bucket-owner-full-control", []],
  ["aws-exec-read", []],
  ["public-read", [[ALL_USERS, "READ"]]],
  [
    "public-read-write",
    [
      [ALL_USERS, "READ"],
      [ALL_USERS, "WRITE"],
    ],
  ],
  ["authenticated-read", [[AUTHENTICATED_USERS, "READ"]]],
  [
    "log-delivery-write",
    [
      [LOG_DELIVERY, "WRITE"],
      [LOG_DELIVERY, "READ_ACP"],
    ],
  ],
]);

const HEADERS: readonly (readonly [keyof GrantHeaders, Permission, string])[] = [
  ["GrantFullControl", "FULL_CONTROL", "x-amz-grant-full-control"],
  ["GrantRead", "READ", "x-amz-grant-read"],
  ["GrantReadACP", "READ_ACP", "x-amz-grant-read-acp"],
  ["GrantWrite", "WRITE", "x-amz-grant-write"],
  ["GrantWriteACP", "WRITE_ACP", "x-amz-grant-write-acp"],
];

/** What everybody gets who writes without an access control list: the owner may do everything. */
export function ownerOnly(account: string): Checked<Grant>[] {
  return [{ Grantee: { ID: canonicalUser(account), Type: "CanonicalUser" }, Permission: "FULL_CONTROL" }];
}

/** The grants of a new object, where the request brings any. */
export function readObjectGrants(
  s3: S3,
  bucket: BucketRecord,
  input: AclHeaders,
): { grants?: readonly Checked<Grant>[] } {
  const grants = readAclHeaders(input, s3.cloud.account);
  if (grants === undefined) return {};
  const harmless = input.ACL === "bucket-owner-full-control";
  if (!harmless) requireAcls(s3, bucket);
  return { grants };
}

/** Refuses lists on a bucket whose owner owns everything in it. */
export function requireAcls(s3: S3, bucket: BucketRecord): void {
  const ownership = s3.settings.get(bucket.name, "ownership")?.Rules?.[0]?.ObjectOwnership;
  if (ownership !== "BucketOwnerEnforced") return;
  throw new AwsError("AccessControlListNotSupported", "The bucket does not allow ACLs");
}

/** The grants in the headers, or undefined where there are none. */
export function readAclHeaders(input: AclHeaders, account: string): Checked<Grant>[] | undefined {
  const given = HEADERS.filter(([member]) => input[member] !== undefined);
  if (input.ACL === undefined) {
    return given.length === 0
      ? undefined
      : given.flatMap(([member, permission, header]) => readGrantees(input[member]!, permission, header, account));
  }
  if (given.length > 0) throw invalidRequest("Specifying both Canned ACLs and Header Grants is not allowed");
  const canned = CANNED.get(input.ACL);
  if (canned === undefined) throw invalidArgument(undefined, "x-amz-acl", input.ACL);
  return [
    ...ownerOnly(account),
    ...canned.map(([URI, Permission]): Checked<Grant> => ({ Grantee: { Type: "Group", URI }, Permission })),
  ];
}

/** Refuses a grantee that does not exist: the account itself and AWS's groups do. */
export function validateGrantee(
  grantee: { readonly id?: string | undefined; readonly uri?: string | undefined },
  names: { readonly id: string; readonly uri: string },
  account: string,
): void {
  if (grantee.id !== undefined && grantee.id !== canonicalUser(account)) {
    throw invalidArgument("Invalid id", names.id, grantee.id);
  }
  if (grantee.uri !== undefined && ![ALL_USERS, AUTHENTICATED_USERS, LOG_DELIVERY].includes(grantee.uri)) {
    throw invalidArgument("Invalid group uri", names.uri, grantee.uri);
  }
}

function readGrantees(header: string, permission: Permission, headerName: string, account: string): Checked<Grant>[] {
  return header.split(",").map((part) => {
    const match = /^\s*(id|uri)\s*=\s*"?([^"]*)"?\s*$/.exec(part);
    if (match === null) throw invalidArgument("Argument format not recognized", headerName, header);
    const [, kind, value = ""] = match;
    validateGrantee(kind === "id" ? { id: value } : { uri: value }, { id: "id", uri: "uri" }, account);
    const Grantee =
      kind === "id" ? { Type: "CanonicalUser" as const, ID: value } : { Type: "Group" as const, URI: value };
    return { Grantee, Permission: permission };
  });
}

import {
  CreateBucketCommand,
  DeleteBucketCorsCommand,
  DeleteBucketPolicyCommand,
  DeleteObjectCommand,
  DeletePublicAccessBlockCommand,
  GetBucketAclCommand,
  GetBucketCorsCommand,
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketLocationCommand,
  GetBucketPolicyCommand,
  GetBucketPolicyStatusCommand,
  GetBucketTaggingCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  GetPublicAccessBlockCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  CreateMultipartUploadCommand,
  PutBucketAclCommand,
  PutBucketCorsCommand,
  PutBucketEncryptionCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketOwnershipControlsCommand,
  PutBucketPolicyCommand,
  PutBucketTaggingCommand,
  PutBucketVersioningCommand,
  PutBucketWebsiteCommand,
  PutObjectCommand,
  PutPublicAccessBlockCommand,
  S3Client,
  type LifecycleRule,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";

let cloud: TestCloud;
let s3: S3Client;

beforeAll(async () => {
  cloud = await startTestCloud();
  s3 = cloud.client(S3Client, { forcePathStyle: true });
});
afterAll(() => cloud.stop());

const create = async (Bucket: string) => {
  await s3.send(new CreateBucketCommand({ Bucket }));
  return { Bucket };
};

describe("the account's own namespace", () => {
  const own = (prefix: string, region = "us-east-1", account = "000000000000") => `${prefix}-${account}-${region}-an`;
  const make = (Bucket: string, BucketNamespace?: "account-regional" | "global") =>
    s3.send(new CreateBucketCommand({ Bucket, ...(BucketNamespace && { BucketNamespace }) }));

  test("takes a bucket once, under its account's and region's suffix", async () => {
    const Bucket = own("mine");
    expect(await make(Bucket, "account-regional")).toMatchObject({ Location: `/${Bucket}` });
    await s3.send(new HeadBucketCommand({ Bucket }));
    await expect(make(Bucket, "account-regional")).rejects.toMatchObject({ name: "BucketAlreadyOwnedByYou" });
    const europe = cloud.client(S3Client, { region: "eu-west-1", forcePathStyle: true });
    const there = new CreateBucketCommand({
      Bucket: own("mine", "eu-west-1"),
      BucketNamespace: "account-regional",
      CreateBucketConfiguration: { LocationConstraint: "eu-west-1" },
    });
    expect((await europe.send(there)).Location).toBe(`/${own("mine", "eu-west-1")}`);
  });

  test.each([
    ["the header is missing", own("a"), undefined, "MissingNamespaceHeader", /missing the required x-amz-bucket/],
    ["another namespace is asked for", own("a"), "global" as const, "MissingNamespaceHeader", /missing the required/],
    [
      "the suffix is missing",
      "plain",
      "account-regional" as const,
      "InvalidNamespaceHeader",
      /Specify -000000000000-us/,
    ],
    [
      "the suffix is another account's",
      own("a", "us-east-1", "111122223333"),
      "account-regional" as const,
      "InvalidBucketNamespace",
      /'111122223333' does not match the caller's AWS Account ID '000000000000'/,
    ],
    [
      "the suffix is another region's",
      own("a", "eu-west-1"),
      "account-regional" as const,
      "InvalidBucketNamespace",
      /'eu-west-1' does not match the current region 'us-east-1'/,
    ],
  ])("fails to take a bucket when %s", async (_why, name, namespace, code, message) => {
    await expect(make(name, namespace)).rejects.toMatchObject({
      name: code,
      message: expect.stringMatching(message) as string,
    });
  });
});

describe("a bucket's region", () => {
  test("comes from where it was made, and us-east-1 has no name", async () => {
    const europe = cloud.client(S3Client, { region: "eu-west-1", forcePathStyle: true });
    const CreateBucketConfiguration = { LocationConstraint: "eu-west-1" } as const;
    await europe.send(new CreateBucketCommand({ Bucket: "in-europe", CreateBucketConfiguration }));
    const located = await europe.send(new GetBucketLocationCommand({ Bucket: "in-europe" }));
    expect(located.LocationConstraint).toBe("eu-west-1");
    const { Bucket } = await create("in-virginia");
    expect((await s3.send(new GetBucketLocationCommand({ Bucket }))).LocationConstraint).toBeUndefined();
    const elsewhere = { LocationConstraint: "us-west-2" } as const;
    await expect(
      europe.send(new CreateBucketCommand({ Bucket: "elsewhere", CreateBucketConfiguration: elsewhere })),
    ).rejects.toMatchObject({
      name: "IllegalLocationConstraintException",
      message:
        "The us-west-2 location constraint is incompatible for the region specific endpoint this request was sent to.",
    });
  });

  test("is returned to a client that calls another region, which can follow", async () => {
    const { Bucket } = await create("followed");
    const settings = { region: "eu-west-1", forcePathStyle: true };
    const lost = cloud.client(S3Client, settings);
    await expect(lost.send(new PutObjectCommand({ Bucket, Key: "k", Body: "x" }))).rejects.toMatchObject({
      name: "AuthorizationHeaderMalformed",
      Region: "us-east-1",
    });
    const following = cloud.client(S3Client, { ...settings, followRegionRedirects: true });
    expect(await following.send(new HeadBucketCommand({ Bucket }))).toMatchObject({ BucketRegion: "us-east-1" });
  });
});

test("a call is refused where the bucket belongs to another account than expected", async () => {
  const { Bucket } = await create("owned");
  await s3.send(new HeadBucketCommand({ Bucket, ExpectedBucketOwner: "000000000000" }));
  const other = { Bucket, Key: "k", ExpectedBucketOwner: "111122223333" };
  await expect(s3.send(new GetObjectCommand(other))).rejects.toMatchObject({
    name: "AccessDenied",
    message: "Access Denied",
    $metadata: { httpStatusCode: 403 },
  });
  await expect(s3.send(new PutObjectCommand({ ...other, Body: "x" }))).rejects.toMatchObject({ name: "AccessDenied" });
});

test("a bucket of one's own cannot be made twice, save in us-east-1", async () => {
  await create("twice");
  await create("twice");
  const europe = cloud.client(S3Client, { region: "eu-west-1", forcePathStyle: true });
  const make = () =>
    europe.send(
      new CreateBucketCommand({
        Bucket: "twice-in-europe",
        CreateBucketConfiguration: { LocationConstraint: "eu-west-1" },
      }),
    );
  await make();
  await expect(make()).rejects.toMatchObject({ name: "BucketAlreadyOwnedByYou", BucketName: "twice-in-europe" });
});

describe("a policy", () => {
  const policy = (Bucket: string, more: object = {}) =>
    JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        { Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: `arn:aws:s3:::${Bucket}/*`, ...more },
      ],
    });

  test("is stored unchanged, and reported as public", async () => {
    const named = await create("policed");
    await expect(s3.send(new PutBucketPolicyCommand({ ...named, Policy: policy("policed") }))).rejects.toMatchObject({
      name: "AccessDenied",
    });
    await s3.send(new DeletePublicAccessBlockCommand(named));
    await expect(s3.send(new GetPublicAccessBlockCommand(named))).rejects.toMatchObject({
      name: "NoSuchPublicAccessBlockConfiguration",
    });
    await s3.send(new PutBucketPolicyCommand({ ...named, Policy: policy("policed") }));
    expect((await s3.send(new GetBucketPolicyCommand(named))).Policy).toBe(policy("policed"));
    expect((await s3.send(new GetBucketPolicyStatusCommand(named))).PolicyStatus).toEqual({ IsPublic: true });
    await s3.send(new PutObjectCommand({ ...named, Key: "page", Body: "for all" }));
    expect(await (await fetch(`${cloud.endpoint}/policed/page`)).text()).toBe("for all");
    await s3.send(new DeleteBucketPolicyCommand(named));
    const denied = await fetch(`${cloud.endpoint}/policed/page`);
    expect(denied.status).toBe(403);
    expect(await denied.text()).toContain("<Code>AccessDenied</Code>");
  });

  test.each([
    ["is not JSON", "policy", "Policies must be valid JSON and the first byte must be '{'"],
    ["says nothing", "{}", "Missing required field Statement"],
    ["has no principal", policy("checked", { Principal: undefined }), "Missing required field Principal"],
    ["allows what is not S3's", policy("checked", { Action: "sqs:*" }), "Policy has invalid action"],
    ["is about another bucket", policy("other"), "Policy has invalid resource"],
  ])("fails when it %s", async (_why, Policy, message) => {
    const named = await create("checked");
    await expect(s3.send(new PutBucketPolicyCommand({ ...named, Policy }))).rejects.toMatchObject({
      name: "MalformedPolicy",
      message,
    });
  });
});

test("encryption is S3's own where nothing was set, and reported on objects", async () => {
  const named = await create("encrypted");
  const read = async () =>
    (await s3.send(new GetBucketEncryptionCommand(named))).ServerSideEncryptionConfiguration!.Rules;
  expect(await read()).toEqual([
    { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" }, BucketKeyEnabled: false },
  ]);
  const Rules = [
    { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "aws:kms", KMSMasterKeyID: "abc" }, BucketKeyEnabled: true },
  ] as const;
  await s3.send(new PutBucketEncryptionCommand({ ...named, ServerSideEncryptionConfiguration: { Rules: [...Rules] } }));
  expect(await s3.send(new PutObjectCommand({ ...named, Key: "k", Body: "x" }))).toMatchObject({
    ServerSideEncryption: "aws:kms",
    SSEKMSKeyId: "arn:aws:kms:us-east-1:000000000000:key/abc",
    BucketKeyEnabled: true,
  });
});

test("the simple settings are returned as they were set", async () => {
  const named = await create("simple");
  const CORSRules = [{ AllowedMethods: ["GET"], AllowedOrigins: ["https://*.test"], MaxAgeSeconds: 30 }];
  await expect(s3.send(new GetBucketCorsCommand(named))).rejects.toMatchObject({
    name: "NoSuchCORSConfiguration",
    BucketName: "simple",
  });
  await s3.send(new PutBucketCorsCommand({ ...named, CORSConfiguration: { CORSRules } }));
  expect((await s3.send(new GetBucketCorsCommand(named))).CORSRules).toEqual(CORSRules);
  await s3.send(new DeleteBucketCorsCommand(named));
  const TagSet = [{ Key: "team", Value: "blue" }];
  await s3.send(new PutBucketTaggingCommand({ ...named, Tagging: { TagSet } }));
  expect((await s3.send(new GetBucketTaggingCommand(named))).TagSet).toEqual(TagSet);
  const PublicAccessBlockConfiguration = { BlockPublicAcls: true };
  await s3.send(new PutPublicAccessBlockCommand({ ...named, PublicAccessBlockConfiguration }));
  const block = await s3.send(new GetPublicAccessBlockCommand(named));
  expect(block.PublicAccessBlockConfiguration).toEqual({
    BlockPublicAcls: true,
    IgnorePublicAcls: false,
    BlockPublicPolicy: false,
    RestrictPublicBuckets: false,
  });
});

test.each([
  [
    "CORS has an unknown method",
    new PutBucketCorsCommand({
      Bucket: "strict",
      CORSConfiguration: { CORSRules: [{ AllowedMethods: ["PATCH"], AllowedOrigins: ["*"] }] },
    }),
    "InvalidRequest",
  ],
  [
    "versioning is set to nothing",
    new PutBucketVersioningCommand({ Bucket: "strict", VersioningConfiguration: {} }),
    "IllegalVersioningConfigurationException",
  ],
  [
    "tags are doubled",
    new PutBucketTaggingCommand({
      Bucket: "strict",
      Tagging: {
        TagSet: [
          { Key: "a", Value: "1" },
          { Key: "a", Value: "2" },
        ],
      },
    }),
    "InvalidTag",
  ],
  [
    "a website has no index",
    new PutBucketWebsiteCommand({ Bucket: "strict", WebsiteConfiguration: {} }),
    "InvalidArgument",
  ],
  [
    "an ACL is set where ACLs are off",
    new PutBucketAclCommand({ Bucket: "strict", ACL: "public-read" }),
    "AccessControlListNotSupported",
  ],
  [
    "the ownership is unknown",
    new PutBucketOwnershipControlsCommand({
      Bucket: "strict",
      OwnershipControls: { Rules: [{ ObjectOwnership: "Nobody" as "ObjectWriter" }] },
    }),
    "MalformedXML",
  ],
])("a setting fails when %s", async (_why, command, name) => {
  await create("strict");
  await expect(s3.send(command as PutBucketAclCommand)).rejects.toMatchObject({ name });
});

test("ACLs work where the bucket allows them", async () => {
  const named = await create("with-acls");
  const Rules = [{ ObjectOwnership: "ObjectWriter" as const }];
  await s3.send(new PutBucketOwnershipControlsCommand({ ...named, OwnershipControls: { Rules } }));
  await s3.send(new DeletePublicAccessBlockCommand(named));
  await s3.send(new PutBucketAclCommand({ ...named, ACL: "public-read" }));
  const { Grants } = await s3.send(new GetBucketAclCommand(named));
  expect(Grants!.map(({ Permission }) => Permission)).toEqual(["FULL_CONTROL", "READ"]);
  await s3.send(new PutObjectCommand({ ...named, Key: "open", Body: "x", ACL: "public-read" }));
  expect((await fetch(`${cloud.endpoint}/with-acls/open`)).status).toBe(200);
});

describe("a lifecycle", () => {
  const set = (Bucket: string, ...Rules: LifecycleRule[]) =>
    s3.send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration: { Rules } }));

  test("expires objects and uploads when the cloud's time comes", async () => {
    const named = await create("expiring");
    await set(
      "expiring",
      {
        ID: "short",
        Status: "Enabled",
        Filter: { Prefix: "tmp/" },
        Expiration: { Days: 1 },
      },
      {
        ID: "uploads",
        Status: "Enabled",
        Filter: { Prefix: "" },
        AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
      },
    );
    const put = await s3.send(new PutObjectCommand({ ...named, Key: "tmp/a", Body: "x" }));
    expect(put.Expiration).toMatch(/^expiry-date="\w{3}, \d\d \w{3} \d{4} 00:00:00 GMT", rule-id="short"$/);
    await s3.send(new PutObjectCommand({ ...named, Key: "kept", Body: "x" }));
    await s3.send(new CreateMultipartUploadCommand({ ...named, Key: "k" }));
    await cloud.clock.advance(2 * 86_400_000);
    await expect(s3.send(new HeadObjectCommand({ ...named, Key: "tmp/a" }))).rejects.toMatchObject({
      name: "NotFound",
    });
    await s3.send(new HeadObjectCommand({ ...named, Key: "kept" }));
    expect((await s3.send(new ListMultipartUploadsCommand(named))).Uploads).toBeUndefined();
  });

  test("expires old versions save the newest few, and markers that hide nothing", async () => {
    const named = await create("expiring-versions");
    await s3.send(new PutBucketVersioningCommand({ ...named, VersioningConfiguration: { Status: "Enabled" } }));
    const put = async (Key: string) => (await s3.send(new PutObjectCommand({ ...named, Key, Body: "x" }))).VersionId;
    const [, second, third] = [await put("k"), await put("k"), await put("k")];
    const marked = await put("marked");
    await s3.send(new DeleteObjectCommand({ ...named, Key: "marked" }));
    await s3.send(new DeleteObjectCommand({ ...named, Key: "marked", VersionId: marked }));
    await set(
      "expiring-versions",
      {
        ID: "old",
        Status: "Enabled",
        Filter: {},
        NoncurrentVersionExpiration: { NoncurrentDays: 1, NewerNoncurrentVersions: 1 },
      },
      { ID: "markers", Status: "Enabled", Filter: {}, Expiration: { ExpiredObjectDeleteMarker: true } },
    );
    await cloud.clock.advance(3 * 86_400_000);
    const { Versions, DeleteMarkers } = await s3.send(new ListObjectVersionsCommand(named));
    expect(Versions!.map(({ VersionId }) => VersionId)).toEqual([third, second]);
    expect(DeleteMarkers).toBeUndefined();
  });

  test("is kept with its rules named", async () => {
    const named = await create("lifecycle");
    await expect(s3.send(new GetBucketLifecycleConfigurationCommand(named))).rejects.toMatchObject({
      name: "NoSuchLifecycleConfiguration",
    });
    await set("lifecycle", { Status: "Enabled", Filter: {}, Expiration: { Days: 7 } });
    const { Rules, TransitionDefaultMinimumObjectSize } = await s3.send(
      new GetBucketLifecycleConfigurationCommand(named),
    );
    expect(Rules).toMatchObject([{ Expiration: { Days: 7 }, Status: "Enabled" }]);
    expect(Rules![0]!.ID).toBeTruthy();
    expect(TransitionDefaultMinimumObjectSize).toBe("all_storage_classes_128K");
    const broken = { Status: "Enabled", Filter: {}, Expiration: { Date: new Date("2026-01-01T12:00:00Z") } } as const;
    await expect(set("lifecycle", broken)).rejects.toMatchObject({ message: "'Date' must be at midnight GMT" });
    await expect(set("lifecycle", { Status: "Enabled", Expiration: { Days: 1 } })).rejects.toMatchObject({
      name: "MalformedXML",
    });
  });
});

test("an upload may bring its tags along", async () => {
  const named = { ...(await create("tagged-objects")), Key: "k" };
  await s3.send(new PutObjectCommand({ ...named, Body: "x", Tagging: "a=1&b=two%20words" }));
  expect((await s3.send(new GetObjectTaggingCommand(named))).TagSet).toEqual([
    { Key: "a", Value: "1" },
    { Key: "b", Value: "two words" },
  ]);
  expect((await s3.send(new GetObjectCommand(named))).TagCount).toBe(2);
  await expect(s3.send(new PutObjectCommand({ ...named, Body: "x", Tagging: "a=1&a=2" }))).rejects.toMatchObject({
    name: "InvalidArgument",
    ArgumentName: "x-amz-tagging",
  });
});

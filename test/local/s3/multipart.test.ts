import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
  UploadPartCopyCommand,
  type CompletedPart,
  type CreateMultipartUploadCommandInput,
} from "@aws-sdk/client-s3";
import { createHash, randomBytes } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";

let cloud: TestCloud;
let s3: S3Client;
const Bucket = "multipart";
const MINIMUM = 5 * 1024 * 1024;

beforeAll(async () => {
  cloud = await startTestCloud();
  s3 = cloud.client(S3Client, { forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket }));
});
afterAll(() => cloud.stop());

async function begin(Key: string, more: Partial<CreateMultipartUploadCommandInput> = {}) {
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key, ...more }));
  const upload = { Bucket, Key, UploadId: UploadId! };
  return {
    ...upload,
    part: async (PartNumber: number, Body: Buffer | string, more: object = {}): Promise<CompletedPart> => {
      const {
        $metadata: _,
        ServerSideEncryption: _sse,
        ...answer
      } = await s3.send(new UploadPartCommand({ ...upload, PartNumber, Body, ...more }));
      return { PartNumber, ...answer };
    },
    complete: (Parts: CompletedPart[], more: object = {}) =>
      s3.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts }, ...more })),
  };
}

const onlyEtag = ({ PartNumber, ETag }: CompletedPart): CompletedPart => ({ PartNumber, ETag });

test("parts become one object, in the order of their numbers", async () => {
  const [first, second] = [randomBytes(MINIMUM + 1), randomBytes(1000)];
  const upload = await begin("whole", { ContentType: "image/png", Metadata: { a: "b" } });
  const two = await upload.part(7, second);
  const one = await upload.part(3, first);
  const { ETag, ChecksumType, ChecksumCRC64NVME } = await upload.complete([onlyEtag(one), onlyEtag(two)]);
  const md5 = (bytes: Buffer) => createHash("md5").update(bytes).digest();
  expect(ETag).toBe(`"${md5(Buffer.concat([md5(first), md5(second)])).toString("hex")}-2"`);
  expect(ChecksumType).toBe("FULL_OBJECT");
  const { Body, ...read } = await s3.send(new GetObjectCommand({ Bucket, Key: "whole", ChecksumMode: "ENABLED" }));
  expect(Buffer.from(await Body!.transformToByteArray()).equals(Buffer.concat([first, second]))).toBe(true);
  expect(read).toMatchObject({ ContentType: "image/png", Metadata: { a: "b" }, ChecksumCRC64NVME });
  const across = await s3.send(
    new GetObjectCommand({ Bucket, Key: "whole", Range: `bytes=${MINIMUM - 1}-${MINIMUM + 2}` }),
  );
  const expected = Buffer.concat([first.subarray(MINIMUM - 1), second.subarray(0, 2)]);
  expect(Buffer.from(await across.Body!.transformToByteArray()).equals(expected)).toBe(true);
  const part = await s3.send(new HeadObjectCommand({ Bucket, Key: "whole", PartNumber: 7 }));
  expect(part).toMatchObject({ ContentLength: 1000, PartsCount: 2 });
});

test("nothing is there before it is complete, nor after it was aborted", async () => {
  const upload = await begin("pending");
  const part = await upload.part(1, "x");
  await expect(s3.send(new HeadObjectCommand({ Bucket, Key: "pending" }))).rejects.toMatchObject({ name: "NotFound" });
  const listed = await s3.send(new ListMultipartUploadsCommand({ Bucket, Prefix: "pend" }));
  expect(listed.Uploads).toMatchObject([{ Key: "pending", UploadId: upload.UploadId }]);
  const parts = await s3.send(new ListPartsCommand(upload));
  expect(parts.Parts).toMatchObject([{ PartNumber: 1, Size: 1, ETag: part.ETag }]);
  await s3.send(new AbortMultipartUploadCommand(upload));
  await expect(upload.part(1, "x")).rejects.toMatchObject({ name: "NoSuchUpload", UploadId: upload.UploadId });
});

// The figures were recorded from AWS: parts of 5,242,881, 5,242,881 and 10 times the letter a.
test.each([
  ["CRC32", "COMPOSITE", "5FRUiw==-3"],
  ["CRC32C", "COMPOSITE", "XF5+4A==-3"],
  ["SHA1", "COMPOSITE", "AyE60nyQoBgJcwsyPHWu7aJuxBs=-3"],
  ["SHA256", "COMPOSITE", "9o++y6AejqboiJ7MZCx0fahK2Vu5YC/qnNhhYsCLciI=-3"],
  ["CRC32", "FULL_OBJECT", "qSEQSA=="],
  ["CRC64NVME", "FULL_OBJECT", "ZMNX55lZurA="],
] as const)("a %s checksum of the %s kind is AWS's", async (ChecksumAlgorithm, ChecksumType, expected) => {
  const upload = await begin("checked", { ChecksumAlgorithm, ChecksumType });
  const sizes = [MINIMUM + 1, MINIMUM + 1, 10];
  const parts: CompletedPart[] = [];
  for (const [index, size] of sizes.entries()) {
    parts.push(await upload.part(index + 1, Buffer.alloc(size, "a"), { ChecksumAlgorithm }));
  }
  const done = await upload.complete(parts);
  expect(done).toMatchObject({
    ETag: '"4d45984fc3feb2ac9b22683c49674b56-3"',
    ChecksumType,
    [`Checksum${ChecksumAlgorithm}`]: expected,
  });
  const attributes = await s3.send(
    new GetObjectAttributesCommand({ Bucket, Key: "checked", ObjectAttributes: ["Checksum", "ObjectParts", "ETag"] }),
  );
  expect(attributes).toMatchObject({
    ETag: "4d45984fc3feb2ac9b22683c49674b56-3",
    Checksum: { [`Checksum${ChecksumAlgorithm}`]: expected.replace(/-3$/, ""), ChecksumType },
    ObjectParts: { TotalPartsCount: 3 },
  });
  expect(attributes.ObjectParts!.Parts?.length).toBe(ChecksumType === "COMPOSITE" ? 3 : undefined);
});

test("a part can be copied from another object", async () => {
  const source = randomBytes(MINIMUM + 100);
  await s3.send(new PutObjectCommand({ Bucket, Key: "source of parts", Body: source }));
  const upload = await begin("copied");
  const copy = async (PartNumber: number, CopySourceRange?: string) => {
    const { CopyPartResult } = await s3.send(
      new UploadPartCopyCommand({
        Bucket,
        Key: "copied",
        UploadId: upload.UploadId,
        PartNumber,
        CopySource: `${Bucket}/source%20of%20parts`,
        CopySourceRange,
      }),
    );
    return { PartNumber, ETag: CopyPartResult!.ETag };
  };
  await expect(copy(3, "bytes=0-99999999")).rejects.toMatchObject({ name: "InvalidArgument" });
  await upload.complete([await copy(1), await copy(2, "bytes=10-19")]);
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: "copied" }));
  const expected = Buffer.concat([source, source.subarray(10, 20)]);
  expect(Buffer.from(await Body!.transformToByteArray()).equals(expected)).toBe(true);
});

test("completing fails when the parts are not what was uploaded", async () => {
  const upload = await begin("wrong");
  const one = onlyEtag(await upload.part(1, "small"));
  const two = onlyEtag(await upload.part(2, "small too"));
  await expect(upload.complete([two, one])).rejects.toMatchObject({ name: "InvalidPartOrder" });
  await expect(upload.complete([{ ...one, ETag: '"d41d8cd98f00b204e9800998ecf8427e"' }])).rejects.toMatchObject({
    name: "InvalidPart",
    PartNumber: "1",
  });
  await expect(upload.complete([{ ...one, PartNumber: 9 }])).rejects.toMatchObject({ name: "InvalidPart" });
  await expect(upload.complete([one, two])).rejects.toMatchObject({
    name: "EntityTooSmall",
    ProposedSize: "5",
    MinSizeAllowed: "5242880",
  });
  await expect(upload.part(10_001, "x")).rejects.toMatchObject({ name: "InvalidArgument" });
});

test("an upload fails when its checksum cannot be combined from its parts", async () => {
  await expect(begin("k", { ChecksumAlgorithm: "SHA1", ChecksumType: "FULL_OBJECT" })).rejects.toMatchObject({
    message: "The FULL_OBJECT checksum type cannot be used with the sha1 checksum algorithm.",
  });
});

test("completing is conditional, also on what happened meanwhile", async () => {
  const fresh = await begin("guarded");
  const part = onlyEtag(await fresh.part(1, "x"));
  const { ETag } = await s3.send(new PutObjectCommand({ Bucket, Key: "guarded", Body: "y" }));
  await expect(fresh.complete([part], { IfNoneMatch: "*" })).rejects.toMatchObject({ name: "PreconditionFailed" });
  await expect(fresh.complete([part], { IfMatch: ETag })).rejects.toMatchObject({
    name: "ConditionalRequestConflict",
    $metadata: { httpStatusCode: 409 },
  });
  await s3.send(new DeleteObjectCommand({ Bucket, Key: "guarded" }));
  await expect(fresh.complete([part], { IfMatch: ETag })).rejects.toMatchObject({ name: "NoSuchKey" });
  await fresh.complete([part], { IfNoneMatch: "*" });
});

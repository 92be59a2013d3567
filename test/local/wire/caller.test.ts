import { expect, test } from "vitest";
import { readCaller } from "../../../lib/local/wire/caller.ts";

const header = (credential: string, algorithm = "AWS4-HMAC-SHA256") => ({
  authorization: `${algorithm} Credential=${credential}, SignedHeaders=host;x-amz-date, Signature=abc`,
});

test.each([
  [header("AKID/20260101/eu-west-1/lambda/aws4_request"), "", ["AKID", "eu-west-1", "lambda"]],
  [header("AKID/20260101/s3/aws4_request", "AWS4-ECDSA-P256-SHA256"), "", ["AKID", undefined, "s3"]],
  [{}, "X-Amz-Credential=AKID%2F20260101%2Fus-east-1%2Fsts%2Faws4_request", ["AKID", "us-east-1", "sts"]],
])("reads who calls what and where: %j %s", (headers, query, [accessKeyId, region, signingName]) => {
  expect(readCaller(headers, new URLSearchParams(query))).toEqual({ accessKeyId, region, signingName });
});

test.each([
  [{}],
  [{ authorization: "Bearer abc" }],
  [{ authorization: "AWS AKID:signature" }],
  [header("AKID")],
  [header("AKID/20260101/eu-west-1/lambda/aws5_request")],
])("answers nothing when the request is not signed: %j", (headers) => {
  expect(readCaller(headers, new URLSearchParams())).toBeUndefined();
});

import { AwsError } from "../../aws-error.ts";

/** `NoSuchBucket` (404). */
export const noSuchBucket = (bucket: string) =>
  new AwsError("NoSuchBucket", "The specified bucket does not exist", {
    statusCode: 404,
    members: { BucketName: bucket },
  });

/** `NoSuchKey` (404). */
export const noSuchKey = (key: string, headers: Record<string, string> = {}) =>
  new AwsError("NoSuchKey", "The specified key does not exist.", { statusCode: 404, members: { Key: key }, headers });

/** `NoSuchVersion` (404). */
export const noSuchVersion = (key: string, versionId: string) =>
  new AwsError("NoSuchVersion", "The specified version does not exist.", {
    statusCode: 404,
    members: { Key: key, VersionId: versionId },
  });

/** `NoSuchUpload` (404): never started, completed or aborted. */
export const noSuchUpload = (uploadId: string | undefined) =>
  new AwsError(
    "NoSuchUpload",
    "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.",
    { statusCode: 404, members: { UploadId: uploadId } },
  );

/** `MalformedXML` (400). */
export const malformedXml = () =>
  new AwsError(
    "MalformedXML",
    "The XML you provided was not well-formed or did not validate against our published schema",
  );

/** `InvalidArgument` (400), with the argument's name and value where they are given. */
export const invalidArgument = (message: string | undefined, name: string, value?: string | null) =>
  new AwsError("InvalidArgument", message ?? "", { members: { ArgumentName: name, ArgumentValue: value } });

/** `InvalidRequest` (400). */
export const invalidRequest = (message: string) => new AwsError("InvalidRequest", message);

/** `PreconditionFailed` (412). */
export const preconditionFailed = (condition: string) =>
  new AwsError("PreconditionFailed", "At least one of the pre-conditions you specified did not hold", {
    statusCode: 412,
    members: { Condition: condition },
  });

/** A header that S3 knows of, in a place where it does not take it. */
export const headerNotImplemented = (header: string, additionalMessage?: string) =>
  new AwsError("NotImplemented", "A header you provided implies functionality that is not implemented", {
    statusCode: 501,
    members: additionalMessage === undefined ? { Header: header } : { Header: header, additionalMessage },
  });

/** `AccessDenied` (403). */
export const accessDenied = (message = "Access Denied") => new AwsError("AccessDenied", message, { statusCode: 403 });

/** `MethodNotAllowed` (405): the version is a delete marker. */
export const methodNotAllowed = (method: string) =>
  new AwsError("MethodNotAllowed", "The specified method is not allowed against this resource.", {
    statusCode: 405,
    members: { Method: method, ResourceType: "DeleteMarker" },
    headers: { "x-amz-delete-marker": "true" },
  });

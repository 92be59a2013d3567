import { AwsError, isAwsError } from "../../../aws-error.ts";
import type { Cloud } from "../../../service.ts";
import { TEMPLATE_LIMITS } from "../../../../template/limits.ts";
import { percentDecode } from "../../../../util/percent-decode.ts";

/** Where a request says that its template is. */
export interface TemplateSource {
  readonly TemplateBody?: string;
  readonly TemplateURL?: string;
  readonly UsePreviousTemplate?: boolean;
}

/** The template's text: from the request, from S3, or the stack's own. */
export async function readTemplateSource(
  source: TemplateSource,
  previous: string | undefined,
  cloud: Cloud,
  region: string,
): Promise<string> {
  const { TemplateBody: body, TemplateURL: url, UsePreviousTemplate: usePrevious } = source;
  const given = [body, url, usePrevious === true ? "previous" : undefined].filter((item) => item !== undefined);
  if (given.length > 1)
    throw invalid("You cannot specify more than one of [TemplateBody, TemplateURL, UsePreviousTemplate].");
  if (usePrevious === true && previous !== undefined) return previous;
  if (body !== undefined) {
    if (Buffer.byteLength(body) > TEMPLATE_LIMITS.sentBytes) throw tooLong("templateBody", TEMPLATE_LIMITS.sentBytes);
    return body;
  }
  if (url !== undefined) return fetchTemplate(url, cloud, region);
  throw invalid("Either Template URL or Template Body must be specified.");
}

function invalid(message: string): AwsError {
  return new AwsError("ValidationError", message);
}

function tooLong(member: string, limit: number): AwsError {
  return invalid(
    `1 validation error detected: Value at '${member}' failed to satisfy constraint: Member must have length less than or equal to ${limit}`,
  );
}

async function fetchTemplate(text: string, cloud: Cloud, region: string): Promise<string> {
  const { bucket, key } = locate(text, cloud);
  try {
    const found = await cloud.call("s3", "GetObject", { Bucket: bucket, Key: key }, { region });
    const chunks: Buffer[] = [];
    for await (const chunk of found.Body as unknown as AsyncIterable<Uint8Array>) chunks.push(Buffer.from(chunk));
    const body = Buffer.concat(chunks);
    if (body.length > TEMPLATE_LIMITS.uploadedBytes) {
      throw invalid(`Template may not exceed ${TEMPLATE_LIMITS.uploadedBytes} bytes in size.`);
    }
    return body.toString("utf8");
  } catch (error) {
    if (isAwsError(error, "NoSuchKey")) throw invalid("S3 error: The specified key does not exist.");
    if (isAwsError(error, "NoSuchBucket")) throw invalid("S3 error: The specified bucket does not exist");
    throw error;
  }
}

/** Bucket and key of an S3 address: of AWS in its forms, or of this cloud. */
function locate(text: string, cloud: Cloud): { bucket: string; key: string } {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw invalid("TemplateURL must be a supported URL.");
  }
  if (url.protocol === "s3:")
    throw invalid(`S3 error: Domain name specified in ${url.hostname} is not a valid S3 domain`);
  const path = percentDecode(url.pathname.slice(1));
  if (path === undefined) throw invalid("TemplateURL must be a supported URL.");
  const virtual = /^(.+)\.s3(?:[.-][a-z0-9-]+)?\.(?:amazonaws\.com|localhost)$/.exec(url.hostname);
  if (virtual) return { bucket: virtual[1]!, key: path };
  const isPathStyle =
    /^s3(?:[.-][a-z0-9-]+)?\.amazonaws\.com$/.test(url.hostname) || url.host === new URL(cloud.endpoint).host;
  const slash = path.indexOf("/");
  if (!isPathStyle || slash < 1) throw invalid("TemplateURL must be a supported URL.");
  return { bucket: path.slice(0, slash), key: path.slice(slash + 1) };
}

import type { ByteRange } from "../../../state/blobs.ts";
import { AwsError } from "../../../aws-error.ts";

/**
 * Reads a Range header for an object of `sizeBytes`. Undefined where there is none or where S3 ignores it (several
 * ranges, another unit, no valid range): the whole object is answered then.
 */
export function readRange(header: string | undefined, sizeBytes: number): ByteRange | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? "");
  if (match === null || (match[1] === "" && match[2] === "")) return undefined;
  const [, first = "", last = ""] = match;
  const start = first === "" ? Math.max(0, sizeBytes - Number(last)) : Number(first);
  const end = first === "" || last === "" ? sizeBytes - 1 : Math.min(Number(last), sizeBytes - 1);
  if (first !== "" && last !== "" && Number(last) < start) return undefined;
  if (start >= sizeBytes || (first === "" && Number(last) === 0)) {
    throw new AwsError("InvalidRange", "The requested range is not satisfiable", {
      statusCode: 416,
      members: { ActualObjectSize: `${sizeBytes}`, RangeRequested: header },
    });
  }
  return { start, end };
}

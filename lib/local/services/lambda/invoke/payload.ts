import { AwsError } from "../../../aws-error.ts";

const EMPTY = Buffer.from("{}");
/** By invocation type, in bytes: 6 MB to wait for, 1 MB to leave behind (256 KB until October 2025). */
const LIMITS = { RequestResponse: 6_291_456, Event: 1_048_576 } as const;

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** The event to hand to the function: the given JSON, or `{}`. Refuses what is too large or no JSON. */
export function readPayload(given: Uint8Array | undefined, type: keyof typeof LIMITS): Uint8Array {
  if (given === undefined || given.byteLength === 0) return EMPTY;
  const limit = LIMITS[type];
  if (given.byteLength > limit)
    throw new AwsError(
      "RequestEntityTooLargeException",
      `${given.byteLength} byte payload is too large for the ${type} invocation type (limit ${limit} bytes)`,
      { members: { Type: "User" } },
    );
  try {
    JSON.parse(utf8.decode(given));
  } catch {
    throw notJson(given);
  }
  return given;
}

function notJson(payload: Uint8Array): AwsError {
  const message = `Could not parse request body into json: Could not parse payload into json: ${problemOf(Buffer.from(payload))}`;
  return new AwsError("InvalidRequestContentException", message, { members: { Type: "User" } });
}

/** AWS's parser is Jackson; these are its words for what goes wrong first. */
function problemOf(payload: Buffer): string {
  const at = (column: number) =>
    `\n at [Source: REDACTED (\`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION\` disabled); line: 1, column: ${column}]`;
  const start = payload.findIndex((byte) => byte > 32);
  const first = payload[Math.max(0, start)] ?? 0;
  if (!'{["-0123456789tfn'.includes(String.fromCharCode(first))) {
    const name =
      first < 32 || first > 126 ? `(CTRL-CHAR, code ${first})` : `'${String.fromCharCode(first)}' (code ${first})`;
    return `Unexpected character (${name}): expected a valid value (JSON String, Number, Array, Object or token 'null', 'true' or 'false')${at(start + 1)}`;
  }
  const bad = firstBadByte(payload);
  if (bad >= 0) return `Invalid UTF-8 start byte 0x${payload[bad]!.toString(16)}${at(bad + 1)}`;
  return `Unexpected end-of-input or character: expected a valid value (JSON String, Number, Array, Object or token 'null', 'true' or 'false')${at(payload.length + 1)}`;
}

function firstBadByte(payload: Buffer): number {
  const text = payload.toString();
  const replaced = text.indexOf("\ufffd");
  return replaced < 0 ? -1 : Buffer.byteLength(text.slice(0, replaced));
}

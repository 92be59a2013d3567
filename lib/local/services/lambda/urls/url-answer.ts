/** What a function's answer means as an HTTP response. */
export interface UrlAnswer {
  readonly status: number;
  readonly headers: Record<string, string | string[]>;
  readonly body: Buffer;
}

interface FormattedAnswer {
  readonly statusCode?: unknown;
  readonly headers?: Record<string, unknown>;
  readonly cookies?: readonly string[];
  readonly body?: unknown;
  readonly isBase64Encoded?: boolean;
}

/**
 * Reads a buffered answer: an object with `statusCode` says status, headers and body; any other value is the body, as
 * JSON. Undefined when the answer makes no response.
 */
export function readUrlAnswer(payload: Buffer): UrlAnswer | undefined {
  const text = payload.toString();
  const value = JSON.parse(text) as FormattedAnswer | string | null;
  if (typeof value === "object" && value !== null && "statusCode" in value) return readFormatted(value);
  const body = Buffer.from(typeof value === "string" ? value : text);
  return { status: 200, headers: { "content-type": "application/json" }, body };
}

function readFormatted(answer: FormattedAnswer): UrlAnswer | undefined {
  const status = Number(answer.statusCode);
  if (!Number.isInteger(status) || status < 100 || status > 599) return undefined;
  const { body: given = "" } = answer;
  const text = typeof given === "string" ? given : JSON.stringify(given);
  const body = Buffer.from(text, answer.isBase64Encoded === true ? "base64" : "utf8");
  return { status, headers: headersOf(answer), body };
}

/** Headers of an answer, with a default type and cookies. Values with line ends are dropped: they can be no header. */
export function headersOf({ headers = {}, cookies = [] }: FormattedAnswer): UrlAnswer["headers"] {
  const read: UrlAnswer["headers"] = { "content-type": "application/json" };
  for (const [name, value] of Object.entries(headers))
    if (/^[\w!#$%&'*+.^`|~-]+$/.test(name) && !/[\r\n\0]/.test(String(value))) read[name.toLowerCase()] = String(value);
  delete read["content-length"];
  delete read["transfer-encoding"];
  if (cookies.length > 0) read["set-cookie"] = [...cookies];
  return read;
}

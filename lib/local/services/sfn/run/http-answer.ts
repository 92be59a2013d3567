import { callOut, CallFailure } from "../../../http-connection/call-out.ts";
import { parseJson } from "../../../../util/parse-json.ts";

/** What `http:invoke` and `apigateway:invoke` answer. Header names in small letters, with all their values. */
export interface HttpAnswer {
  readonly Headers: Readonly<Record<string, readonly string[]>>;
  /** Parsed where it is JSON. */
  readonly ResponseBody: unknown;
  readonly StatusCode: number;
  readonly StatusText: string;
}

/** A request as it goes out. */
export interface HttpCall {
  readonly url: URL;
  readonly method: string;
  readonly headers: Headers;
  readonly body: string | undefined;
}

const TIMEOUT_MS = 60_000;

/** Sends a request. Throws `CallFailure` where no answer comes within a minute, as AWS waits. */
export async function exchange({ url, method, headers, body }: HttpCall): Promise<HttpAnswer> {
  const response = await callOut(url.href, { method, headers, body: body ?? null }, TIMEOUT_MS);
  const text = await response.text().catch((error: unknown) => {
    throw new CallFailure("CONNECTION_FAILURE", `${url.origin}: ${String(error)}`);
  });
  return {
    Headers: Object.fromEntries([...response.headers].map(([name, value]) => [name, [value]])),
    ResponseBody: readBody(text, response.headers.get("content-type") ?? ""),
    StatusCode: response.status,
    StatusText: response.statusText,
  };
}

/** Whether the task succeeds with this answer. */
export function isSuccess({ StatusCode }: HttpAnswer): boolean {
  return StatusCode >= 200 && StatusCode < 300;
}

/** An answer's body as the cause of a failure. */
export function causeOf({ ResponseBody: body, StatusText }: HttpAnswer): string {
  if (body === "" || body === undefined) return StatusText;
  return typeof body === "string" ? body : JSON.stringify(body);
}

/** Adds query parameters: a list is its values, one after another. */
export function addQuery(url: URL, parameters: unknown): void {
  for (const [name, value] of Object.entries((parameters ?? {}) as Record<string, unknown>)) {
    for (const each of Array.isArray(value) ? (value as unknown[]) : [value])
      url.searchParams.append(name, textOf(each));
  }
}

/** Headers of a task: a list is its values, one after another. */
export function headersOf(given: unknown): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries((given ?? {}) as Record<string, unknown>)) {
    for (const each of Array.isArray(value) ? (value as unknown[]) : [value]) headers.append(name, textOf(each));
  }
  return headers;
}

/** A value as text: strings as they are, all else as JSON. */
export function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function readBody(text: string, contentType: string): unknown {
  if (!/^application\/(?:[\w.-]+\+)?json\b/i.test(contentType)) return text;
  try {
    return parseJson(text);
  } catch {
    return text;
  }
}

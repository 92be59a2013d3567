/** What the functions read of an HTTP API's event. */
export interface ApiEvent {
  readonly routeKey: string;
  readonly pathParameters?: { readonly id?: string };
  readonly body?: string;
}

export function answer(statusCode: number, body: object) {
  return { statusCode, headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
}

/** The fields of a JSON object; none where the body is something else. */
export function readBody({ body = "" }: ApiEvent): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

/** What this app reads of a request. https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html */
export interface HttpRequest {
  readonly body?: string;
  readonly isBase64Encoded?: boolean;
  readonly pathParameters?: Readonly<Record<string, string | undefined>>;
  readonly queryStringParameters?: Readonly<Record<string, string | undefined>>;
}

/** What a route answers with. */
export interface HttpResponse {
  readonly statusCode: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A client's mistake, answered with 400 and its message. */
export class BadRequest extends Error {}

/** There is no such thing, answered with 404. */
export class NotFound extends Error {}

type Handler = (request: HttpRequest) => Promise<HttpResponse>;

/** Answers with a status and, unless it is 204, a JSON body. */
export function reply(statusCode: number, body?: unknown): HttpResponse {
  if (body === undefined) return { statusCode };
  return { statusCode, headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
}

/** Turns a client's mistakes into answers. Anything else fails the invocation, so that it counts as an error. */
export function http(handle: Handler): Handler {
  return async (request) => {
    try {
      return await handle(request);
    } catch (error) {
      if (error instanceof BadRequest) return reply(400, { message: error.message });
      if (error instanceof NotFound) return reply(404, { message: error.message });
      throw error;
    }
  };
}

/** The body as JSON. */
export function jsonBody({ body, isBase64Encoded }: HttpRequest): unknown {
  if (body === undefined || body === "") throw new BadRequest("The body is empty; send a JSON object.");
  try {
    return JSON.parse(isBase64Encoded === true ? Buffer.from(body, "base64").toString("utf8") : body);
  } catch (error) {
    throw new BadRequest(`The body is not JSON: ${(error as Error).message}`);
  }
}

/** The id in the path. */
export function pathId({ pathParameters }: HttpRequest): string {
  const id = pathParameters?.["id"];
  if (id === undefined || id === "") throw new BadRequest("The path names no id.");
  return id;
}

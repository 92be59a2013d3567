import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";

/** A client's mistake, answered with 400 and its message. */
export class BadRequest extends Error {}

/** There is no such thing, answered with 404. */
export class NotFound extends Error {}

type Handler = (event: APIGatewayProxyEventV2) => Promise<APIGatewayProxyStructuredResultV2>;

/** Answers with a status and, unless it is 204, a JSON body. */
export function reply(statusCode: number, body?: unknown): APIGatewayProxyStructuredResultV2 {
  if (body === undefined) return { statusCode };
  return { statusCode, headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
}

/** Turns a client's mistakes into answers. Anything else fails the invocation, so that it counts as an error. */
export function http(handle: Handler): Handler {
  return async (event) => {
    try {
      return await handle(event);
    } catch (error) {
      if (error instanceof BadRequest) return reply(400, { message: error.message });
      if (error instanceof NotFound) return reply(404, { message: error.message });
      throw error;
    }
  };
}

/** The body as JSON. */
export function jsonBody({ body, isBase64Encoded }: APIGatewayProxyEventV2): unknown {
  if (body === undefined || body === "") throw new BadRequest("The body is empty; send a JSON object.");
  try {
    return JSON.parse(isBase64Encoded ? Buffer.from(body, "base64").toString("utf8") : body);
  } catch (error) {
    throw new BadRequest(`The body is not JSON: ${(error as Error).message}`);
  }
}

/** The id in the path. */
export function pathId({ pathParameters }: APIGatewayProxyEventV2): string {
  const id = pathParameters?.["id"];
  if (id === undefined || id === "") throw new BadRequest("The path names no id.");
  return id;
}

import type { ServerResponse } from "node:http";

/** Answers with a status and the reason as JSON, for refusals that come before any service is known. */
export function refuse(response: ServerResponse, status: number, code: string, message: string): true {
  const body = JSON.stringify({ code, message });
  response.writeHead(status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
    "x-amzn-errortype": code,
  });
  response.end(body);
  return true;
}

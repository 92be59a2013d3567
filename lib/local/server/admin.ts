import { timingSafeEqual } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Exchange } from "./exchange.ts";
import { readClockChange } from "../state/clock-change.ts";
import { refuse } from "./refuse.ts";

/** The path of the cloud's own surface. */
export const ADMIN_PREFIX = "/_tidegate/";

/** The header that carries the lock file's token: no web page knows it. */
export const TOKEN_HEADER = "x-tidegate-token";

const LONGEST_BODY_BYTES = 64 * 1024;

/** Answers requests to the cloud itself: its status, its time, and to stop. */
export async function answerAdmin(exchange: Exchange): Promise<boolean> {
  const { url, request, response, server } = exchange;
  if (!url.pathname.startsWith(ADMIN_PREFIX)) return false;
  if (exchange.route !== undefined || exchange.onlyService !== undefined) return false;
  const asked = `${request.method} ${url.pathname.slice(ADMIN_PREFIX.length)}`;
  if (request.method === "POST" && !hasToken(request, server.admin.token)) {
    return refuse(response, 403, "TokenMissing", `The header ${TOKEN_HEADER} does not contain the lock file's token.`);
  }
  switch (asked) {
    case "GET health":
      return answer(response, server.admin.status());
    case "GET clock":
      return answer(response, server.admin.clock());
    case "POST clock": {
      const change = readClockChange(await readJson(request));
      if (typeof change === "string") return refuse(response, 400, "InvalidClock", change);
      return answer(response, await server.admin.changeClock(change));
    }
    case "POST stop":
      answer(response, { stopping: true });
      server.admin.stop();
      return true;
    default:
      return refuse(response, 404, "UnknownAdminCall", `There is no ${request.method} ${url.pathname}.`);
  }
}

function hasToken({ headers }: IncomingMessage, token: string): boolean {
  const given = Buffer.from(String(headers[TOKEN_HEADER] ?? ""));
  const wanted = Buffer.from(token);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

function answer(response: ServerResponse, value: unknown): true {
  const body = JSON.stringify(value);
  response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(body) });
  response.end(body);
  return true;
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > LONGEST_BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString("utf8"));
  } catch {
    return undefined;
  }
}

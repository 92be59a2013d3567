import { pipeline } from "node:stream/promises";
import type { HttpRoute } from "../../../service.ts";
import type { Lambda } from "../context.ts";

/** Where packages can be fetched, by their hash. */
const CODE_PATH = "/_aws/lambda-code/";

/** Serves the packages that `GetFunction` and `GetLayerVersion` point to. */
export function codeRoute(lambda: Lambda): HttpRoute {
  return {
    matches: ({ method, path }) => method === "GET" && path.startsWith(CODE_PATH),
    handle: async (_request, response, url) => {
      const sha256 = url.pathname.slice(CODE_PATH.length);
      if (!/^[0-9a-f]{64}$/.test(sha256) || !(await lambda.code.zips.has(sha256)))
        return void response.writeHead(404).end();
      response.writeHead(200, { "content-type": "application/zip" });
      await pipeline(lambda.code.zips.read(sha256), response);
    },
  };
}

import type { HttpRoute } from "../../../service.ts";
import type { Lambda } from "../context.ts";

/** Below the cloud's own surface: `<region>/<function>` lists events, with `/<request id>` it returns one. */
const PREFIX = "/_tidegate/invocations/";

/** Serves the events of the last invocations. A request id may be shortened to its start. */
export function keptEventsRoute(lambda: Lambda): HttpRoute {
  return {
    matches: ({ method, path }) => method === "GET" && path.startsWith(PREFIX),
    handle: (_request, response, url) => {
      const parts = url.pathname.slice(PREFIX.length).split("/").map(decodeURIComponent);
      const [region = "", name = "", requestId] = parts;
      const events = lambda.keptEvents.of({ region, name });
      const found = requestId === undefined ? undefined : events.find((one) => one.requestId.startsWith(requestId));
      const isMissing = requestId !== undefined && found === undefined;
      response.writeHead(isMissing ? 404 : 200, { "content-type": "application/json" });
      if (isMissing) response.end(JSON.stringify({ code: "EventNotKept", kept: events.length }));
      else if (found === undefined) response.end(JSON.stringify(events.map(({ payload: _payload, ...one }) => one)));
      else {
        const { payload, ...one } = found;
        response.end(JSON.stringify({ ...one, payload: Buffer.from(payload).toString("utf8") }));
      }
      return Promise.resolve();
    },
  };
}

import { isatty } from "node:tty";
import { UserError } from "../../errors.ts";
import { findNamed } from "../../look/app/find-named.ts";
import { type Endpoint, endpointsOf } from "../../look/list/endpoints.ts";
import { EXIT } from "../exit-codes.ts";
import { lookAtApp } from "../look-at.ts";
import { openInBrowser } from "../open-in-browser.ts";
import type { VerbContext, VerbResult } from "../verb.ts";

/** Prints an address of the app, and opens it where a person is at the terminal. */
export async function runOpen(options: Readonly<Record<string, unknown>>, context: VerbContext): Promise<VerbResult> {
  const { connection, stacks } = await lookAtApp(options, context);
  const endpoint = choose(await endpointsOf(stacks), options["endpoint"]);
  const isWatched = isatty(1) && (context.env["CI"] ?? "") === "";
  const isOpened = options["print"] !== true && !context.json && isWatched && (await openInBrowser(endpoint.url));
  return {
    exitCode: EXIT.done,
    document: { stage: connection.stage.name, ...endpoint, opened: isOpened },
    lines: [endpoint.url],
  };
}

function choose(endpoints: readonly Endpoint[], given: unknown): Endpoint {
  const things = endpoints.map((endpoint) => ({ ...endpoint, name: endpoint.url }));
  if (typeof given === "string") return findNamed(given, things, "endpoint");
  const [first, ...more] = endpoints;
  if (first !== undefined && more.length === 0) return first;
  const list = endpoints.map(({ path, url }) => `${path} (${url})`).join(", ");
  throw first === undefined
    ? new UserError("NothingToOpen", "The app has no API and no function URL", {
        fix: "`tidegate list` shows what it has.",
      })
    : new UserError("UsageWrong", `The app has ${endpoints.length} endpoints: ${list}`, {
        fix: `Name one: \`tidegate open ${first.path}\`.`,
      });
}

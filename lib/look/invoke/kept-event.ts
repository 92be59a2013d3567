import { UserError } from "../../errors.ts";
import { numberIn, tryParseRecord } from "../../util/plain-record.ts";
import type { AppFunction } from "../app/app-resource.ts";

const ANSWERS_WITHIN_MS = 15_000;

/**
 * The event of an earlier invocation, which the local cloud keeps in memory: the last 100 of each function. Throws a
 * `UserError` on AWS, which keeps none, and where the event is not there any more.
 */
export async function readKeptEvent({ path, functionName, target }: AppFunction, requestId: string): Promise<string> {
  const { endpoint } = target.aws.options;
  if (endpoint === undefined) {
    throw new UserError("ReplayNeedsLocal", `AWS keeps no events of ${path}, so none can be replayed`, {
      fix: "Replay on the stage local, or give the payload with --file.",
    });
  }
  const where = ["_tidegate", "invocations", target.region, functionName, requestId].map(encodeURIComponent).join("/");
  const answer = await fetch(`${endpoint}/${where}`, { signal: AbortSignal.timeout(ANSWERS_WITHIN_MS) });
  const body = tryParseRecord(await answer.text());
  const payload = body?.["payload"];
  if (answer.ok && typeof payload === "string") return payload;
  throw new UserError("EventNotKept", `The local cloud has no event of ${path} with the request id ${requestId}`, {
    fix: `It keeps the last 100 events of a function until it is stopped; of this one it has ${numberIn(body?.["kept"]) ?? 0}. \`tidegate logs\` shows request ids.`,
  });
}

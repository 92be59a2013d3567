import { UserError } from "../errors.ts";
import { EVENT_SAMPLES, type EventSample } from "../events/samples.ts";
import { tryFindNearestName } from "../util/nearest-name.ts";

/** The sample of an event source by its name. Throws a `UserError` that lists them. */
export function findSample(name: string): EventSample {
  const found = EVENT_SAMPLES.find((sample) => sample.name === name);
  if (found !== undefined) return found;
  const names = EVENT_SAMPLES.map((sample) => sample.name);
  const nearest = tryFindNearestName(name, names);
  throw new UserError(
    "UsageWrong",
    `There is no event type ${JSON.stringify(name)}.${nearest === undefined ? "" : ` Did you mean ${nearest}?`}`,
    { fix: `There are ${names.join(", ")}.` },
  );
}

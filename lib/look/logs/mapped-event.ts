import { mapTrace } from "../traces/map-trace.ts";
import type { TraceMapper } from "../traces/trace-mapper.ts";
import type { LogEvent } from "./log-event.ts";

/** The event with the frames of its error mapped to the user's TypeScript. */
export async function mapEvent(event: LogEvent, { maps, exists }: TraceMapper): Promise<LogEvent> {
  const { error, source, functionName, version } = event;
  if (error === undefined || error.stack.length === 0) return event;
  const wanted = { aws: source.aws, functionName, version };
  const stack = await mapTrace(error.stack, { maps: () => maps.of(wanted), exists });
  return { ...event, error: { ...error, stack } };
}

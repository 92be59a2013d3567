import { SimError } from "./sim-error.ts";
import type { World } from "./world.ts";

type Input = Record<string, unknown>;

/** SNS's operations, by name. */
export const SNS: Record<string, (world: World, input: Input, who: string) => unknown> = {
  Publish: (world, input) => {
    const arn = String(input["TopicArn"]);
    const heard = world.subscribers.get(arn);
    if (heard === undefined) throw new SimError("NotFoundException", "Topic does not exist", 404);
    heard.push({ type: String(input["Subject"]), detail: JSON.parse(String(input["Message"])) as unknown });
    return { MessageId: `message-${heard.length}` };
  },
};

/** EventBridge's operations, by name. */
export const EVENTS: Record<string, (world: World, input: Input, who: string) => unknown> = {
  PutEvents: (world, input) => {
    const results = (input["Entries"] as readonly Record<string, unknown>[]).map((entry) => {
      if (world.busesFail) return { ErrorCode: "InternalFailure", ErrorMessage: "Internal failure" };
      const heard = world.subscribers.get(String(entry["EventBusName"]));
      // EventBridge takes events for a bus that does not exist, and drops them.
      heard?.push({ type: String(entry["DetailType"]), detail: JSON.parse(String(entry["Detail"])) as unknown });
      return { EventId: "event" };
    });
    return { FailedEntryCount: world.busesFail ? results.length : 0, Entries: results };
  },
};

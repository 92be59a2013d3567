import { PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { PublishCommand } from "@aws-sdk/client-sns";
import type { Aws } from "../../aws/aws.ts";
import { RemoteError } from "../../errors.ts";
import type { ReleaseEvent } from "../events.ts";
import type { Subscriber } from "../model.ts";
import { NOTIFICATION_SOURCE, notificationType, renderNotification } from "../notification.ts";
import type { NotificationContext, Notifier } from "../ports/ports.ts";

/** One call, with all of its retries, waits no longer for its subscriber. */
const LONGEST_CALL_MS = 10_000;
/** SNS takes at most 100 characters. */
const LONGEST_SUBJECT = 100;

/** Notifies SNS topics and EventBridge buses. */
export class AwsNotifier implements Notifier {
  readonly #aws: Aws;

  constructor(aws: Aws) {
    this.#aws = aws;
  }

  async notify(event: ReleaseEvent, subscriber: Subscriber, context: NotificationContext): Promise<void> {
    if (subscriber.kind === "topic") await this.#publish(event, subscriber, context);
    else await this.#putEvent(event, subscriber, context);
  }

  async #publish(event: ReleaseEvent, subscriber: Subscriber, context: NotificationContext): Promise<void> {
    const client = await this.#regionOf(subscriber).client("sns");
    const { app, stage } = context;
    const inOrder = { MessageGroupId: `${app}-${stage}`, MessageDeduplicationId: `${event.release}-${event.seq}` };
    await client.send(
      new PublishCommand({
        TopicArn: subscriber.name,
        Subject: subjectOf(event, context),
        Message: renderNotification(event, context),
        MessageAttributes: {
          app: text(app),
          stage: text(stage),
          event: text(event.code),
          ...(event.state === undefined ? {} : { state: text(event.state) }),
        },
        ...(subscriber.name!.endsWith(".fifo") ? inOrder : {}),
      }),
      { abortSignal: AbortSignal.timeout(LONGEST_CALL_MS) },
    );
  }

  async #putEvent(event: ReleaseEvent, subscriber: Subscriber, context: NotificationContext): Promise<void> {
    const client = await this.#regionOf(subscriber).client("eventbridge");
    const entry = {
      EventBusName: subscriber.name,
      Source: NOTIFICATION_SOURCE,
      DetailType: notificationType(event),
      Detail: renderNotification(event, context),
      Time: new Date(event.at),
    };
    const answer = await client.send(new PutEventsCommand({ Entries: [entry] }), {
      abortSignal: AbortSignal.timeout(LONGEST_CALL_MS),
    });
    const [result] = answer.Entries ?? [];
    if (result?.ErrorCode === undefined && answer.FailedEntryCount !== 1) return;
    throw new RemoteError(
      "EventRefused",
      `${subscriber.path} did not take the event: ${result?.ErrorCode} ${result?.ErrorMessage ?? ""}`,
    );
  }

  #regionOf({ name = "", region }: Subscriber): Aws {
    const [, , , ofArn] = name.split(":");
    return this.#aws.inRegion(ofArn || region || this.#aws.options.region);
  }
}

/** Printable ASCII, as SNS requires. */
function subjectOf(event: ReleaseEvent, { app, stage }: NotificationContext): string {
  const subject = `${app} ${stage}: ${notificationType(event)}`;
  return subject.replaceAll(/[^\x20-\x7e]/g, "?").slice(0, LONGEST_SUBJECT);
}

function text(StringValue: string): { DataType: string; StringValue: string } {
  return { DataType: "String", StringValue };
}

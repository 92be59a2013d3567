import type { Stack } from "aws-cdk-lib";
import { DefinitionBody, Pass } from "aws-cdk-lib/aws-stepfunctions";
import {
  Bucket,
  EventBus,
  Function,
  HttpApi,
  HttpAuth,
  link,
  Queue,
  Rule,
  StateMachine,
  Stream,
  Table,
  Topic,
} from "../../../lib/index.ts";
import { HELLO } from "../template.ts";

/**
 * Everything that sends something, linked to what it can be linked to. What arrives anywhere ends in the queue `inbox`;
 * the function passes it on in words of its own, and the workflow keeps it as its input.
 */
export function buildTriggers(stack: Stack): void {
  const inbox = new Queue(stack, "Inbox", { queueName: "inbox" });
  const receiver = new Function(stack, "Receiver", {
    functionName: "receiver",
    entry: "test/fixtures/handlers/receiver.ts",
  });
  link(receiver, inbox, "write");
  new Function(stack, "Unlinked", { functionName: "unlinked", entry: HELLO });
  const clicks = new Stream(stack, "Clicks", { streamName: "clicks", shardCount: 1 });
  link(new Queue(stack, "Jobs", { queueName: "jobs" }), receiver);
  link(clicks, receiver);
  link(new Table(stack, "Orders", { tableName: "orders", partitionKey: "id" }), receiver);
  link(new HttpApi(stack, "Api", { apiName: "api", defaultAuthorizer: HttpAuth.none() }), receiver);
  const news = new Topic(stack, "News", { topicName: "news" });
  link(news, receiver);
  link(news, inbox);
  const bucket = (bucketName: string) => new Bucket(stack, bucketName, { bucketName, autoDeleteObjects: false });
  link(bucket("to-function"), receiver);
  link(bucket("to-queue"), inbox);
  const passedOn = new Topic(stack, "PassedOn", { topicName: "passed-on" });
  link(passedOn, inbox);
  link(bucket("to-topic"), passedOn);
  addRules(stack, { inbox, receiver, clicks, passedOn });
}

interface Targets {
  readonly inbox: Queue;
  readonly receiver: Function;
  readonly clicks: Stream;
  readonly passedOn: Topic;
}

/** One rule for each kind of target, by the source of its events. */
function addRules(stack: Stack, { inbox, receiver, clicks, passedOn }: Targets): void {
  const rule = (source: string, eventBus?: EventBus) =>
    new Rule(stack, `${eventBus === undefined ? "" : "Bus"}${source}`, {
      eventPattern: { source: [source] },
      eventBus,
    });
  const bus = new EventBus(stack, "Other", { eventBusName: "other" });
  const definitionBody = DefinitionBody.fromChainable(new Pass(stack, "Nothing"));
  link(rule("to.function"), receiver);
  link(rule("to.queue"), inbox);
  link(rule("to.topic"), passedOn);
  link(rule("to.stream"), clicks);
  link(rule("to.workflow"), new StateMachine(stack, "Flow", { stateMachineName: "flow", definitionBody }));
  link(rule("to.bus"), bus);
  link(rule("to.bus", bus), inbox);
}

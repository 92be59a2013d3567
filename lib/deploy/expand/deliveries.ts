import type { Template, TemplateResource } from "../../assembly/assembly.ts";
import { isObject } from "../../template/is-object.ts";
import { namesIn } from "./resource-graph.ts";

type Properties = Readonly<Record<string, unknown>>;

/** How resources of one type pass on what reaches them. */
interface Delivery {
  /** What it receives from. @default - from itself, as a topic or a bucket */
  readonly from?: (properties: Properties) => unknown;
  /** What it delivers into. */
  readonly into: (properties: Properties) => unknown;
}

const configured: Delivery = { into: ({ NotificationConfiguration }) => NotificationConfiguration };
const alarm: Delivery = { into: (all) => [all["AlarmActions"], all["OKActions"], all["InsufficientDataActions"]] };

/** Types that deliver events, messages or records into others. */
const DELIVERIES: Readonly<Record<string, Delivery>> = {
  "AWS::ApiGateway::Method": { into: ({ Integration }) => Integration },
  "AWS::ApiGatewayV2::Integration": { into: (all) => [all["IntegrationUri"], all["RequestParameters"]] },
  "AWS::ApiGatewayV2::Route": { into: ({ Target }) => Target },
  "AWS::CloudWatch::Alarm": alarm,
  "AWS::CloudWatch::CompositeAlarm": alarm,
  "AWS::DynamoDB::Table": { into: ({ KinesisStreamSpecification: to }) => to },
  "AWS::Events::Rule": { from: ({ EventBusName }) => EventBusName, into: ({ Targets }) => each(Targets, "Arn") },
  "AWS::Lambda::EventInvokeConfig": {
    from: ({ FunctionName }) => FunctionName,
    into: ({ DestinationConfig }) => DestinationConfig,
  },
  "AWS::Lambda::EventSourceMapping": {
    from: ({ EventSourceArn }) => EventSourceArn,
    into: (all) => [all["FunctionName"], all["DestinationConfig"]],
  },
  "AWS::Logs::SubscriptionFilter": {
    from: ({ LogGroupName }) => LogGroupName,
    into: ({ DestinationArn }) => DestinationArn,
  },
  "AWS::Pipes::Pipe": { from: ({ Source }) => Source, into: ({ Target }) => Target },
  "AWS::S3::Bucket": configured,
  "AWS::SNS::Subscription": {
    from: ({ TopicArn }) => TopicArn,
    into: (all) => [all["Endpoint"], all["RedrivePolicy"]],
  },
  "AWS::SNS::Topic": { into: ({ Subscription }) => each(Subscription, "Endpoint") },
  "AWS::SQS::Queue": { into: ({ RedrivePolicy }) => RedrivePolicy },
  "AWS::Scheduler::Schedule": { into: ({ Target }) => (isObject(Target) ? Target["Arn"] : undefined) },
  "Custom::S3BucketNotifications": { ...configured, from: ({ BucketName }) => BucketName },
};

/** One resource that passes something on. */
interface Carrier {
  readonly id: string;
  readonly from: readonly string[];
  readonly into: readonly string[];
}

/** Which resources of a template deliver into which others: topic to queue, queue to function, rule to bus. */
export class Deliveries {
  readonly #carriers: readonly Carrier[];

  constructor({ Resources = {} }: Template) {
    this.#carriers = Object.entries(Resources).flatMap(([id, resource]) => carrierOf(id, resource));
  }

  /** The resources through which something reaches the given ones, at any distance: what delivers, and its sources. */
  leadingTo(ids: Iterable<string>): ReadonlySet<string> {
    const targets = new Set(ids);
    const found = new Set<string>();
    const arriving = () =>
      this.#carriers.filter(({ id, into }) => !found.has(id) && into.some((name) => targets.has(name)));
    for (let next = arriving(); next.length > 0; next = arriving()) {
      for (const { id, from } of next) {
        found.add(id);
        for (const name of [id, ...from]) targets.add(name);
      }
    }
    return new Set([...found, ...[...targets].filter((name) => this.#isSourceOf(name, found))]);
  }

  /** The resources that the given ones are passed on to, one step further. */
  targetsOf(id: string): readonly string[] {
    return this.#carriers.flatMap((carrier) => (carrier.id === id || carrier.from.includes(id) ? carrier.into : []));
  }

  #isSourceOf(name: string, carriers: ReadonlySet<string>): boolean {
    return this.#carriers.some(({ id, from }) => carriers.has(id) && from.includes(name));
  }
}

function carrierOf(id: string, { Type, Properties = {} }: TemplateResource): Carrier[] {
  const delivery = DELIVERIES[Type];
  if (delivery === undefined) return [];
  const { from, into } = delivery;
  return [{ id, from: from === undefined ? [] : namesIn(from(Properties)), into: namesIn(into(Properties)) }];
}

/** One member of each entry of a list. A list that is known only in the update counts as a whole. */
function each(list: unknown, member: string): unknown {
  return Array.isArray(list) ? list.map((entry) => (isObject(entry) && member in entry ? entry[member] : entry)) : list;
}

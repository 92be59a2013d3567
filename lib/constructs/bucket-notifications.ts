import { BucketNotificationDestinationType, type CfnBucket, type NotificationKeyFilter } from "aws-cdk-lib/aws-s3";

/** A target and the events that it receives. */
export interface Notification {
  /** As S3 writes it, for example `s3:ObjectCreated:*`. */
  readonly event: string;
  readonly prefix: string;
  readonly suffix: string;
  readonly type: BucketNotificationDestinationType;
  readonly arn: string;
}

/** The filters, of which aws-cdk-lib takes several, as one. */
export function readFilters(filters: readonly NotificationKeyFilter[]): Pick<Notification, "prefix" | "suffix"> {
  const { prefix = "", suffix = "" }: NotificationKeyFilter = Object.assign({}, ...filters);
  return { prefix, suffix };
}

/** The template's `NotificationConfiguration`; undefined where nothing receives events. */
export function notificationConfiguration(
  notifications: readonly Notification[],
  eventBridgeEnabled: boolean,
): CfnBucket.NotificationConfigurationProperty | undefined {
  if (notifications.length === 0 && !eventBridgeEnabled) return undefined;
  const of = (wanted: BucketNotificationDestinationType) => notifications.filter(({ type }) => type === wanted);
  const functions = of(BucketNotificationDestinationType.LAMBDA).map((each) => ({
    ...eventOf(each),
    function: each.arn,
  }));
  const queues = of(BucketNotificationDestinationType.QUEUE).map((each) => ({ ...eventOf(each), queue: each.arn }));
  const topics = of(BucketNotificationDestinationType.TOPIC).map((each) => ({ ...eventOf(each), topic: each.arn }));
  return {
    ...(functions.length > 0 && { lambdaConfigurations: functions }),
    ...(queues.length > 0 && { queueConfigurations: queues }),
    ...(topics.length > 0 && { topicConfigurations: topics }),
    ...(eventBridgeEnabled && { eventBridgeConfiguration: { eventBridgeEnabled } }),
  };
}

function eventOf({ event, prefix, suffix }: Notification) {
  const rules = Object.entries({ prefix, suffix }).filter(([, value]) => value !== "");
  if (rules.length === 0) return { event };
  return { event, filter: { s3Key: { rules: rules.map(([name, value]) => ({ name, value })) } } };
}

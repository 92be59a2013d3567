import { ArnFormat, Stack } from "aws-cdk-lib";
import type { IRule, IRuleTarget } from "aws-cdk-lib/aws-events";
import {
  ApiDestination,
  EventBus,
  KinesisStream,
  LambdaFunction,
  SfnStateMachine,
  SnsTopic,
  SqsQueue,
  type TargetBaseProps,
} from "aws-cdk-lib/aws-events-targets";
import { PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { ILogGroup } from "aws-cdk-lib/aws-logs";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import type { EventTarget, RuleTargetOptions } from "./rule-props.ts";

/** The options with the queue that was decided on. */
interface TargetOptions extends RuleTargetOptions {
  readonly deadLetterQueue: IQueue | undefined;
}

/** The target as aws-cdk-lib takes it, which lets the rule deliver to it. */
export function ruleTarget(rule: IRule, target: EventTarget, options: TargetOptions): IRuleTarget {
  const { input, retryAttempts, maxEventAge, messageGroupId, partitionKeyPath, deadLetterQueue } = options;
  const base: TargetBaseProps = { deadLetterQueue, retryAttempts, maxEventAge };
  if ("queueArn" in target) return new SqsQueue(target, { ...base, message: input, messageGroupId });
  if ("stateMachineArn" in target) return new SfnStateMachine(target, { ...base, input });
  if ("topicArn" in target) return new SnsTopic(target, { ...base, message: input });
  if ("streamArn" in target) return new KinesisStream(target, { ...base, message: input, partitionKeyPath });
  if ("apiDestinationArn" in target) return new ApiDestination(target, { ...base, event: input });
  if ("eventBusArn" in target) return new EventBus(target, { deadLetterQueue });
  if ("logGroupArn" in target) return logGroupTarget(rule, target, base);
  return new LambdaFunction(target, { ...base, event: input });
}

/** Without the function with which aws-cdk-lib's own target sets the log group's policy: a template can set it. */
function logGroupTarget(rule: IRule, logGroup: ILogGroup, base: TargetBaseProps): IRuleTarget {
  const { deadLetterQueue: queue, retryAttempts, maxEventAge } = base;
  const principals = ["events.amazonaws.com", "delivery.logs.amazonaws.com"].map((name) => new ServicePrincipal(name));
  const [events] = principals;
  const resources = [logGroup.logGroupArn];
  logGroup.addToResourcePolicy(
    new PolicyStatement({ principals, actions: ["logs:CreateLogStream", "logs:PutLogEvents"], resources }),
  );
  queue?.addToResourcePolicy(
    new PolicyStatement({
      principals: [events!],
      actions: ["sqs:SendMessage"],
      resources: [queue.queueArn],
      conditions: { ArnEquals: { "aws:SourceArn": rule.ruleArn } },
    }),
  );
  const arn = Stack.of(logGroup).formatArn({
    service: "logs",
    resource: "log-group",
    resourceName: logGroup.logGroupName,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  const retryPolicy = { maximumRetryAttempts: retryAttempts, maximumEventAgeInSeconds: maxEventAge?.toSeconds() };
  return {
    bind: () => ({
      arn,
      targetResource: logGroup,
      ...(queue !== undefined && { deadLetterConfig: { arn: queue.queueArn } }),
      ...((retryAttempts ?? maxEventAge) !== undefined && { retryPolicy }),
    }),
  };
}

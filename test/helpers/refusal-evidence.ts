import type { GrantedStatement } from "./granted-statements.ts";
import type { StarterApp } from "./starter-app.ts";

/** A call of the control plane that Lambda, Step Functions or the Scheduler refuses because a permission is missing. */
export interface ConfigurationCall {
  readonly make: () => Promise<unknown>;
  readonly words: string;
}

/** Where an app's refusals can be seen, from now on. */
export interface Evidence {
  /** Whether a log, a dead letter or an execution says it. */
  shows(pattern: RegExp): Promise<boolean>;
  /** Whether an event of the stack says it. */
  stackSays(pattern: RegExp): Promise<boolean>;
  /** Whether CloudWatch has counted a dead letter that its queue did not take. */
  lostDeadLetter(): Promise<boolean>;
  /** The call that a service refuses without the statement; undefined where it is needed at work alone. */
  configurationCall(granted: GrantedStatement): ConfigurationCall | undefined;
  /** The statement lets a stream's failures reach their queue. */
  isFailureDestination(granted: GrantedStatement): boolean;
}

export function evidenceOf(app: StarterApp): Evidence {
  const lostBefore = countLost(app);
  const { cloud, region, resources, template } = app;
  const at = { region };
  const sinceMs = cloud.clock.now();
  const ofType = (wanted: string) => resources.filter(({ type }) => type === wanted);
  const arnOf = (url: string) => `arn:aws:sqs:${region}:${url.split("/").slice(-2).join(":")}`;

  async function logLines(logGroupName: string): Promise<string[]> {
    const { events = [] } = await cloud.call(
      "cloudwatch-logs",
      "FilterLogEvents",
      { logGroupName, startTime: sinceMs },
      at,
    );
    return events.map(({ message = "" }) => message);
  }

  async function deadLetters({
    id,
    physicalId: QueueUrl,
  }: {
    readonly id: string;
    readonly physicalId: string;
  }): Promise<string[]> {
    const asked = {
      QueueUrl,
      MaxNumberOfMessages: 10,
      VisibilityTimeout: 0,
      MessageAttributeNames: ["All"],
      MessageSystemAttributeNames: ["SentTimestamp" as const],
    };
    const { Messages = [] } = await cloud.call("sqs", "ReceiveMessage", asked, at);
    return Messages.filter(({ Attributes }) => Number(Attributes?.SentTimestamp) >= sinceMs).map(
      ({ Body, MessageAttributes }) => `dead letter in ${id}: ${JSON.stringify({ Body, MessageAttributes })}`,
    );
  }

  async function histories(stateMachineArn: string): Promise<string[]> {
    const { executions } = await cloud.call("sfn", "ListExecutions", { stateMachineArn, maxResults: 20 }, at);
    const recent = executions.filter(({ startDate }) => startDate.getTime() >= sinceMs);
    const found = recent.map(({ executionArn }) => cloud.call("sfn", "GetExecutionHistory", { executionArn }, at));
    return (await Promise.all(found)).map(({ events }) => JSON.stringify(events));
  }

  async function stackEvents(): Promise<string[]> {
    const { StackEvents = [] } = await cloud.call(
      "cloudformation",
      "DescribeStackEvents",
      { StackName: app.stackName },
      at,
    );
    return StackEvents.map(({ ResourceStatusReason = "" }) => ResourceStatusReason);
  }

  const seen = async () => {
    const lists = await Promise.all([
      ...ofType("AWS::Logs::LogGroup").map(({ physicalId }) => logLines(physicalId)),
      ...ofType("AWS::SQS::Queue")
        .filter(({ id }) => /DeadLetters|Failures|Failed/.test(id))
        .map(deadLetters),
      ...ofType("AWS::StepFunctions::StateMachine").map(({ physicalId }) => histories(physicalId)),
    ]);
    return lists.flat().join("\n");
  };

  const functionsIn = async (role: string) => {
    const found = ofType("AWS::Lambda::Function").map(({ physicalId: FunctionName }) =>
      cloud.call("lambda", "GetFunctionConfiguration", { FunctionName }, at),
    );
    return (await Promise.all(found)).filter(({ Role }) => Role?.endsWith(`/${role}`));
  };

  async function updateFunction(role: string): Promise<void> {
    const [{ FunctionName = "" } = {}] = await functionsIn(role);
    const isSettled = async () =>
      (await cloud.call("lambda", "GetFunctionConfiguration", { FunctionName }, at)).LastUpdateStatus !== "InProgress";
    while (!(await isSettled())) await new Promise((resolve) => setTimeout(resolve, 5));
    await cloud.call("lambda", "UpdateFunctionConfiguration", { FunctionName, Description: "" }, at);
  }

  async function updateMachine(role: string): Promise<void> {
    for (const { physicalId: stateMachineArn } of ofType("AWS::StepFunctions::StateMachine")) {
      const { roleArn, loggingConfiguration } = await cloud.call(
        "sfn",
        "DescribeStateMachine",
        { stateMachineArn },
        at,
      );
      if (!roleArn?.endsWith(`/${role}`)) continue;
      await cloud.call("sfn", "UpdateStateMachine", { stateMachineArn, loggingConfiguration }, at);
    }
  }

  async function updateSchedule(role: string): Promise<void> {
    const [{ physicalId: Name } = { physicalId: "" }] = ofType("AWS::Scheduler::Schedule");
    const {
      ScheduleExpression = "",
      Target,
      FlexibleTimeWindow = { Mode: "OFF" as const },
    } = await cloud.call("scheduler", "GetSchedule", { Name }, at);
    if (!Target?.RoleArn?.endsWith(`/${role}`)) return;
    await cloud.call("scheduler", "UpdateSchedule", { Name, ScheduleExpression, Target, FlexibleTimeWindow }, at);
  }

  async function updateMapping(source: string): Promise<void> {
    const { EventSourceMappings = [] } = await cloud.call(
      "lambda",
      "ListEventSourceMappings",
      { EventSourceArn: source },
      at,
    );
    const [{ UUID = "" } = {}] = EventSourceMappings;
    await cloud.call("lambda", "UpdateEventSourceMapping", { UUID, Enabled: true }, at);
  }

  async function updateDestinations(role: string): Promise<void> {
    const [{ FunctionName = "" } = {}] = await functionsIn(role);
    const asked = await cloud.call("lambda", "ListFunctionEventInvokeConfigs", { FunctionName }, at);
    const [{ DestinationConfig, FunctionArn } = {}] = asked.FunctionEventInvokeConfigs ?? [];
    const Qualifier = FunctionArn?.split(":")[7];
    await cloud.call("lambda", "UpdateFunctionEventInvokeConfig", { FunctionName, Qualifier, DestinationConfig }, at);
  }

  const destinations = Object.values(template).filter(({ Type }) => Type === "AWS::Lambda::EventInvokeConfig");
  const queueIdOf = (resource: unknown) =>
    ofType("AWS::SQS::Queue").find(({ physicalId }) => arnOf(physicalId) === resource)?.id;
  const names = (text: unknown, id: string | undefined) =>
    id !== undefined && JSON.stringify(text ?? "").includes(`"${id}"`);
  const roleId = (role: string) => resources.find(({ physicalId }) => physicalId === role)!.id;

  function isDestination(role: string, resource: unknown): boolean {
    const functions = Object.entries(template).filter(([, { Properties }]) =>
      names(Properties?.["Role"], roleId(role)),
    );
    const queue = queueIdOf(resource);
    return destinations.some(
      ({ Properties }) =>
        names(Properties?.["DestinationConfig"], queue) &&
        functions.some(([id]) => names(Properties?.["FunctionName"], id)),
    );
  }

  return {
    stackSays: async (pattern) => (await stackEvents()).some((reason) => pattern.test(reason)),
    shows: async (pattern) => pattern.test(await seen()),
    lostDeadLetter: async () => (await countLost(app)) > (await lostBefore),
    configurationCall({ kind, holder, statement }) {
      const service = (statement.Principal as { readonly Service?: string } | undefined)?.Service;
      const actions = new Set([statement.Action].flat());
      const resource = [statement.Resource].flat()[0];
      if (service === "lambda.amazonaws.com")
        return {
          make: () => updateFunction(holder),
          words: "The role defined for the function cannot be assumed by Lambda.",
        };
      if (service === "states.amazonaws.com")
        return {
          make: () => updateMachine(holder),
          words:
            "Neither the global service principal states.amazonaws.com, nor the regional one is authorized to assume the provided role.",
        };
      if (service === "scheduler.amazonaws.com")
        return {
          make: () => updateSchedule(holder),
          words: "The execution role you provide must allow AWS EventBridge Scheduler to assume the role.",
        };
      if (kind !== "role") return undefined;
      if (actions.has("xray:PutTraceSegments"))
        return {
          make: () => updateFunction(holder),
          words: "The provided execution role does not have permissions to call PutTraceSegments on XRAY",
        };
      if (actions.has("logs:CreateLogDelivery"))
        return {
          make: () => updateMachine(holder),
          words: "The state machine IAM Role is not authorized to access the Log Destination",
        };
      if (actions.has("sqs:ReceiveMessage"))
        return {
          make: () => updateMapping(resource!),
          words: "The provided execution role does not have permissions to call ReceiveMessage on SQS",
        };
      if (actions.has("kinesis:GetRecords"))
        return {
          make: () => updateMapping(resource!),
          words: `Cannot access stream ${resource}. Please ensure the role can perform the GetRecords, GetShardIterator, DescribeStream Actions on your stream in IAM.`,
        };
      if (actions.has("sqs:SendMessage") && isDestination(holder, resource))
        return {
          make: () => updateDestinations(holder),
          words: `The function's execution role does not have permissions to call SendMessage on ${resource}`,
        };
      return undefined;
    },
    isFailureDestination({ statement }) {
      const queue = queueIdOf([statement.Resource].flat()[0]);
      const mappings = Object.values(template).filter(({ Type }) => Type === "AWS::Lambda::EventSourceMapping");
      return mappings.some(({ Properties }) => names(Properties?.["DestinationConfig"], queue));
    },
  };
}

/** How a service counts dead letters that their queue did not take. */
const LOST = [
  "InvocationsFailedToBeSentToDlq",
  "NumberOfNotificationsFailedToRedriveToDlq",
  "InvocationsFailedToBeSentToDeadLetterCount",
];
const DAY_MS = 86_400_000;

async function countLost({ cloud, region }: StarterApp): Promise<number> {
  let count = 0;
  for (const MetricName of LOST) {
    const { Metrics = [] } = await cloud.call("cloudwatch", "ListMetrics", { MetricName }, { region });
    for (const { Namespace = "", Dimensions } of Metrics) {
      const nowMs = cloud.clock.now();
      const asked = {
        Namespace,
        MetricName,
        Dimensions,
        StartTime: new Date(nowMs - 10 * DAY_MS),
        EndTime: new Date(nowMs + DAY_MS),
        Period: 86_400,
        Statistics: ["Sum" as const],
      };
      const { Datapoints = [] } = await cloud.call("cloudwatch", "GetMetricStatistics", asked, { region });
      count += Datapoints.reduce((sum, { Sum = 0 }) => sum + Sum, 0);
    }
  }
  return count;
}

import type { Stack } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { Key } from "aws-cdk-lib/aws-kms";
import { Secret } from "aws-cdk-lib/aws-secretsmanager";
import { StringParameter } from "aws-cdk-lib/aws-ssm";
import { DefinitionBody, Pass, StateMachineType } from "aws-cdk-lib/aws-stepfunctions";
import type { IConstruct } from "constructs";
import { describe, expect, test } from "vitest";
import {
  Bucket,
  EventBus,
  Function,
  HookFunction,
  HttpApi,
  HttpAuth,
  link,
  Queue,
  Rule,
  Schedule,
  StateMachine,
  Stream,
  Table,
  Topic,
} from "../../lib/index.ts";
import { HELLO, releaseOf, templateOf, testStack } from "../helpers/template.ts";

/** As a user without types calls it. */
const linkAny = link as (from: IConstruct, to: IConstruct, access?: string, options?: object) => void;

const fn = (stack: Stack, id = "Work") => new Function(stack, id, { entry: HELLO });
const workflow = (stack: Stack, id = "Flow", stateMachineType?: StateMachineType) =>
  new StateMachine(stack, id, {
    definitionBody: DefinitionBody.fromChainable(new Pass(stack, `${id}Pass`)),
    ...(stateMachineType && { stateMachineType }),
  });

/** What makes each target, and what its accesses grant: actions, then the ends of the ARNs. */
const TARGETS: Record<
  string,
  {
    readonly make: (stack: Stack) => IConstruct;
    readonly variables: readonly string[];
    readonly read?: readonly (readonly [actions: string, resources: string])[];
    readonly write: readonly (readonly [actions: string, resources: string])[];
  }
> = {
  table: {
    make: (stack) => new Table(stack, "It", { partitionKey: "id" }),
    variables: ["name"],
    read: [
      [
        "dynamodb:BatchGetItem dynamodb:ConditionCheckItem dynamodb:GetItem dynamodb:PartiQLSelect dynamodb:Query dynamodb:Scan",
        "It.Arn",
      ],
    ],
    write: [
      [
        "dynamodb:BatchWriteItem dynamodb:DeleteItem dynamodb:PartiQLDelete dynamodb:PartiQLInsert dynamodb:PartiQLUpdate dynamodb:PutItem dynamodb:UpdateItem",
        "It.Arn",
      ],
    ],
  },
  "table with an index": {
    make: (stack) =>
      new Table(stack, "It", {
        partitionKey: "id",
        globalSecondaryIndexes: [{ indexName: "byState", partitionKey: "state" }],
      }),
    variables: ["name"],
    read: [
      [
        "dynamodb:BatchGetItem dynamodb:ConditionCheckItem dynamodb:GetItem dynamodb:PartiQLSelect dynamodb:Query dynamodb:Scan",
        "It.Arn It.Arn/index/*",
      ],
    ],
    write: [
      [
        "dynamodb:BatchWriteItem dynamodb:DeleteItem dynamodb:PartiQLDelete dynamodb:PartiQLInsert dynamodb:PartiQLUpdate dynamodb:PutItem dynamodb:UpdateItem",
        "It.Arn",
      ],
    ],
  },
  bucket: {
    make: (stack) => new Bucket(stack, "It"),
    variables: ["name"],
    read: [
      ["s3:GetObject", "arn:AWS::Partition:s3:::It/*"],
      ["s3:ListBucket", "arn:AWS::Partition:s3:::It"],
    ],
    write: [["s3:AbortMultipartUpload s3:DeleteObject s3:PutObject", "arn:AWS::Partition:s3:::It/*"]],
  },
  queue: {
    make: (stack) => new Queue(stack, "It"),
    variables: ["arn", "url"],
    read: [["sqs:ChangeMessageVisibility sqs:DeleteMessage sqs:GetQueueAttributes sqs:ReceiveMessage", "It.Arn"]],
    write: [["sqs:SendMessage", "It.Arn"]],
  },
  stream: {
    make: (stack) => new Stream(stack, "It"),
    variables: ["name"],
    read: [
      [
        "kinesis:DescribeStream kinesis:DescribeStreamSummary kinesis:GetRecords kinesis:GetShardIterator kinesis:ListShards",
        "It.Arn",
      ],
    ],
    write: [["kinesis:PutRecord kinesis:PutRecords", "It.Arn"]],
  },
  secret: {
    make: (stack) => new Secret(stack, "It"),
    variables: ["arn"],
    read: [["secretsmanager:DescribeSecret secretsmanager:GetSecretValue", "It"]],
    write: [
      ["secretsmanager:PutSecretValue secretsmanager:UpdateSecret secretsmanager:UpdateSecretVersionStage", "It"],
    ],
  },
  parameter: {
    make: (stack) => new StringParameter(stack, "It", { stringValue: "x" }),
    variables: ["name"],
    read: [["ssm:GetParameter ssm:GetParameters", "arn:AWS::Partition:ssm:AWS::Region:AWS::AccountId:parameter/It"]],
    write: [["ssm:PutParameter", "arn:AWS::Partition:ssm:AWS::Region:AWS::AccountId:parameter/It"]],
  },
  workflow: {
    make: (stack) => workflow(stack, "It"),
    variables: ["arn"],
    read: [
      ["states:ListExecutions", "ItAlias"],
      ["states:DescribeExecution states:GetExecutionHistory", "execution:It:*"],
    ],
    write: [
      ["states:StartExecution", "ItAlias"],
      ["states:StopExecution", "execution:It:*"],
    ],
  },
  "express workflow": {
    make: (stack) => workflow(stack, "It", StateMachineType.EXPRESS),
    variables: ["arn"],
    write: [["states:StartExecution states:StartSyncExecution", "ItAlias"]],
  },
  topic: { make: (stack) => new Topic(stack, "It"), variables: ["arn"], write: [["sns:Publish", "It"]] },
  bus: { make: (stack) => new EventBus(stack, "It"), variables: ["name"], write: [["events:PutEvents", "It.Arn"]] },
  function: {
    make: (stack) => fn(stack, "It"),
    variables: ["arn"],
    write: [["lambda:InvokeFunction", "It"]],
  },
  API: {
    make: (stack) => new HttpApi(stack, "It"),
    variables: ["url"],
    write: [["execute-api:Invoke", "arn:AWS::Partition:execute-api:AWS::Region:AWS::AccountId:It/*/*/*"]],
  },
};

const SOURCES: Record<string, (stack: Stack) => Function | StateMachine> = {
  function: (stack) => fn(stack),
  workflow: (stack) => workflow(stack, "Work"),
};

interface Statement {
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);

/** An expression of a template, as short as a person would write it: ids without their hashes. */
function shown(value: unknown): string {
  if (typeof value === "string") return value;
  const { Ref, "Fn::GetAtt": attribute, "Fn::Join": join, "Fn::Select": select } = value as Record<string, unknown>;
  if (typeof Ref === "string") return Ref.replace(/[0-9A-F]{8}$/, "");
  if (Array.isArray(attribute)) return attribute.map((part: string) => part.replace(/[0-9A-F]{8}$/, "")).join(".");
  if (Array.isArray(join)) return listOf(join[1]).map(shown).join(String(join[0]));
  if (Array.isArray(select)) return "It";
  return JSON.stringify(value);
}

/** What a link grants to its source's role: `action on resource`, in order. */
function granted(source: string, connect: (stack: Stack, from: IConstruct) => void): string[] {
  const known = new Set(statementsOfSource(source).map((one) => JSON.stringify(one)));
  return statementsOfSource(source, connect)
    .filter((one) => !known.has(JSON.stringify(one)))
    .flatMap(({ Action, Resource }) => {
      const resources = listOf(Resource).filter((one) => (one as { Ref?: string }).Ref !== "AWS::NoValue");
      const names = resources.map((one) => shown(one).replace(/^.*:execution:/, "execution:"));
      return each(listOf(Action).map(String), names);
    })
    .toSorted();
}

const UNLINKED = new Map<string, Statement[]>();

function statementsOfSource(source: string, connect?: (stack: Stack, from: IConstruct) => void): Statement[] {
  const known = connect === undefined ? UNLINKED.get(source) : undefined;
  if (known !== undefined) return known;
  const { stack } = testStack();
  const from = SOURCES[source]!(stack);
  connect?.(stack, from);
  const policies = Object.entries(Template.fromStack(stack).findResources("AWS::IAM::Policy"));
  const found = policies
    .filter(([id]) => id.startsWith("Work"))
    .flatMap(([, { Properties }]) => statementsOf(Properties));
  if (connect === undefined) UNLINKED.set(source, found);
  return found;
}

const statementsOf = (properties: unknown) =>
  (properties as { PolicyDocument: { Statement: Statement[] } }).PolicyDocument.Statement;

const each = (actions: readonly string[], resources: readonly string[]) =>
  actions.flatMap((action) => resources.map((resource) => `${action} on ${resource}`));

/** What a workflow needs on top to wait for another one. */
const RULE =
  "arn:AWS::Partition:events:AWS::Region:AWS::AccountId:rule/StepFunctionsGetEventsForStepFunctionsExecutionRule";
const WAITING = each(["events:DescribeRule", "events:PutRule", "events:PutTargets"], [RULE]);

const PAIRS = Object.keys(SOURCES).flatMap((source) =>
  Object.entries(TARGETS).flatMap(([name, { read }]) =>
    (read === undefined ? (["write"] as const) : (["read", "write", "readwrite"] as const)).map(
      (access) => [source, name, access] as const,
    ),
  ),
);

describe("a link", () => {
  test.each(PAIRS)("from a %s to a %s grants what '%s' needs, and nothing more", (source, name, access) => {
    const { make, read = [], write } = TARGETS[name]!;
    const expected = [...(access === "write" ? [] : read), ...(access === "read" ? [] : write)];
    const found = granted(source, (stack, from) => linkAny(from, make(stack), access));
    const waits = source === "workflow" && name === "workflow" && access === "readwrite";
    expect(found).toEqual([
      ...(waits ? WAITING : []),
      ...expected.flatMap(([actions, resources]) => each(actions.split(" "), resources.split(" "))).toSorted(),
    ]);
  });

  test.each(Object.entries(TARGETS))("to a %s sets the variables of the function", (_name, { make, variables }) => {
    const { stack } = testStack();
    linkAny(fn(stack), make(stack), "write");
    const functions = Object.entries(templateOf(stack).findResources("AWS::Lambda::Function"));
    const [, { Properties }] = functions.find(([id]) => id.startsWith("Work"))!;
    const { Variables } = (Properties as { Environment: { Variables: object } }).Environment;
    const own = Object.keys(Variables).filter((key) => key.startsWith("TIDEGATE_"));
    expect(own.toSorted()).toEqual(variables.map((attribute) => `TIDEGATE_It_${attribute}`));
  });
});

/** What sends events to what, and the resource that connects them. */
const TRIGGERS: readonly (readonly [string, string, (stack: Stack) => void, type: string])[] = [
  ["queue", "function", (s) => link(new Queue(s, "Q"), fn(s)), "AWS::Lambda::EventSourceMapping"],
  ["stream", "function", (s) => link(new Stream(s, "S"), fn(s)), "AWS::Lambda::EventSourceMapping"],
  [
    "table",
    "function",
    (s) => link(new Table(s, "T", { partitionKey: "id" }), fn(s)),
    "AWS::Lambda::EventSourceMapping",
  ],
  ["topic", "function", (s) => link(new Topic(s, "T"), fn(s)), "AWS::SNS::Subscription"],
  ["topic", "queue", (s) => link(new Topic(s, "T"), new Queue(s, "Q")), "AWS::SNS::Subscription"],
  ["bucket", "function", (s) => link(new Bucket(s, "B"), fn(s)), "AWS::Lambda::Permission"],
  ["bucket", "queue", (s) => link(new Bucket(s, "B"), new Queue(s, "Q")), "AWS::SQS::QueuePolicy"],
  ["bucket", "topic", (s) => link(new Bucket(s, "B"), new Topic(s, "T")), "AWS::SNS::TopicPolicy"],
  ["rule", "function", (s) => link(rule(s), fn(s)), "AWS::Lambda::Permission"],
  ["rule", "queue", (s) => link(rule(s), new Queue(s, "Q")), "AWS::SQS::QueuePolicy"],
  ["rule", "topic", (s) => link(rule(s), new Topic(s, "T")), "AWS::SNS::TopicPolicy"],
  ["rule", "bus", (s) => link(rule(s), new EventBus(s, "B")), "AWS::IAM::Policy"],
  ["rule", "stream", (s) => link(rule(s), new Stream(s, "S")), "AWS::IAM::Policy"],
  ["rule", "workflow", (s) => link(rule(s), workflow(s)), "AWS::IAM::Policy"],
  [
    "API",
    "function",
    (s) => link(new HttpApi(s, "A", { defaultAuthorizer: HttpAuth.none() }), fn(s)),
    "AWS::ApiGatewayV2::Route",
  ],
];

const rule = (stack: Stack) => new Rule(stack, "R", { eventPattern: { source: ["shop"] } });

test.each(TRIGGERS)("a link from a %s to a %s connects them", (_from, _to, connect, type) => {
  const { stack } = testStack();
  connect(stack);
  expect(Object.keys(templateOf(stack).findResources(type)).length).toBeGreaterThan(0);
});

describe("a link is refused", () => {
  const everyDay = (stack: Stack) =>
    new Schedule(stack, "Day", { schedule: "rate(1 day)", target: fn(stack, "Daily") });
  test.each([
    [
      "to what nothing reads or calls",
      (s: Stack) => linkAny(fn(s), everyDay(s)),
      "link: Function 'Test/Work' cannot be linked to Schedule 'Test/Day'. Allowed targets: Bucket, EventBus, Function, HttpApi, Parameter, Queue, Secret, StateMachine, Stream, Table, Topic.",
    ],
    [
      "from what sends nothing",
      (s: Stack) => linkAny(new EventBus(s, "Bus"), fn(s)),
      "link: EventBus 'Test/Bus' cannot be linked to anything. A Bucket, Function, HookFunction, HttpApi, Queue, Rule, StateMachine, Stream, Table or Topic can be.",
    ],
    [
      "from a queue to a topic",
      (s: Stack) => linkAny(new Queue(s, "Jobs"), new Topic(s, "News")),
      "link: Queue 'Test/Jobs' cannot be linked to Topic 'Test/News'. Allowed targets: Function.",
    ],
    [
      "from a trigger with an access",
      (s: Stack) => linkAny(new Queue(s, "Jobs"), fn(s), "read"),
      "link: Queue 'Test/Jobs' to Function 'Test/Work': access 'read' is given; omit it.",
    ],
    [
      "without the access to data",
      (s: Stack) => linkAny(fn(s), new Queue(s, "Jobs")),
      "link: Function 'Test/Work' to Queue 'Test/Jobs': access is missing. Allowed: 'read', 'write', 'readwrite'.",
    ],
    [
      "with an access that there is not",
      (s: Stack) => linkAny(fn(s), new Topic(s, "News"), "read"),
      "link: Function 'Test/Work' to Topic 'Test/News': access 'read' is unknown to this topic. Allowed: 'write'.",
    ],
    [
      "under a name that code cannot use",
      (s: Stack) => linkAny(fn(s), new Queue(s, "due-jobs"), "write"),
      "link: Function 'Test/Work' to Queue 'Test/due-jobs': the name 'due-jobs' cannot be used in code. Give { name } with a letter first, then letters and digits.",
    ],
    [
      "under the name of another link",
      (s: Stack) => {
        const work = fn(s);
        link(work, new Queue(s, "Jobs"), "write");
        link(work, new Topic(s, "News"), "write", { name: "Jobs" });
      },
      "link: Function 'Test/Work' to Topic 'Test/News': the name 'Jobs' is that of the link to Queue 'Test/Jobs'. Give { name } with another name.",
    ],
    [
      "to the function itself",
      (s: Stack) => {
        const work = fn(s);
        link(work, work);
      },
      "link: Function 'Test/Work' to Function 'Test/Work': a function or workflow cannot be linked to itself: CloudFormation would need it first.",
    ],
    [
      "in a circle",
      (s: Stack) => {
        const [first, second, flow] = [fn(s, "First"), fn(s, "Second"), workflow(s)];
        link(first, flow, "write");
        link(flow, second);
        link(second, first);
      },
      "link: Function 'Test/Second' to Function 'Test/First': Function 'Test/First' is linked to Function 'Test/Second' already: CloudFormation cannot create two that need each other. Put a queue or a topic between them.",
    ],
  ])("%s", (_why, build, message) => {
    const { stack } = testStack();
    build(stack);
    expect(() => templateOf(stack)).toThrow(message);
  });
});

test("a second link to a target adds to the first, and a link may have a name of its own", () => {
  const { stack } = testStack();
  const [work, table] = [fn(stack), new Table(stack, "Orders", { partitionKey: "id" })];
  link(work, table, "read");
  link(work, table, "write");
  link(work, new Table(stack, "Copies", { partitionKey: "id" }), "write", { name: "Backup" });
  const [, { Properties }] = Object.entries(templateOf(stack).findResources("AWS::Lambda::Function"))[0]!;
  const { Variables } = (Properties as { Environment: { Variables: object } }).Environment;
  expect(Object.keys(Variables)).toEqual(["NODE_OPTIONS", "TIDEGATE_Orders_name", "TIDEGATE_Backup_name"]);
});

test("a link to a function or a workflow puts it before its caller in the release", () => {
  const { stack } = testStack();
  const [first, second, flow] = [fn(stack, "First"), fn(stack, "Second"), workflow(stack)];
  link(first, second);
  link(first, flow, "write");
  link(flow, second);
  const { members } = releaseOf(templateOf(stack));
  expect(Object.fromEntries(members.map(({ path, calls }) => [path, calls]))).toEqual({
    "Test/First": ["Test/Flow", "Test/Second"],
    "Test/Flow": ["Test/Second"],
    "Test/Second": [],
  });
});

test.each([
  ["read", "bucket", "kms:Decrypt"],
  ["write", "bucket", "kms:Decrypt kms:Encrypt kms:GenerateDataKey* kms:ReEncrypt*"],
  ["read", "table", "kms:Decrypt kms:DescribeKey"],
  ["write", "table", "kms:Decrypt kms:DescribeKey kms:Encrypt kms:GenerateDataKey* kms:ReEncrypt*"],
  ["read", "queue", "kms:Decrypt"],
  ["write", "stream", "kms:Decrypt kms:Encrypt kms:GenerateDataKey* kms:ReEncrypt*"],
] as const)("a link that may %s an encrypted %s grants its key", (access, kind, actions) => {
  const { stack } = testStack();
  const encryptionKey = new Key(stack, "Key");
  const target = {
    bucket: () => new Bucket(stack, "It", { encryptionKey }),
    table: () => new Table(stack, "It", { partitionKey: "id", encryptionKey }),
    queue: () => new Queue(stack, "It", { encryptionMasterKey: encryptionKey, deadLetterQueue: false }),
    stream: () => new Stream(stack, "It", { encryptionKey }),
  }[kind]();
  linkAny(new Function(stack, "Work", { entry: HELLO }), target, access);
  const policies = Object.values(templateOf(stack).findResources("AWS::IAM::Policy"));
  const statements = policies.flatMap(({ Properties }) => statementsOf(Properties));
  const onKey = statements.flatMap(({ Action }) => listOf(Action).map(String)).filter((one) => one.startsWith("kms:"));
  expect([...new Set(onKey)].toSorted().join(" ")).toBe(actions);
});

test("a hook is linked as a function is", () => {
  const { stack } = testStack();
  link(new HookFunction(stack, "Check", { entry: HELLO }), new Queue(stack, "Jobs"), "write");
  const template = templateOf(stack);
  const [{ Properties }] = Object.values(template.findResources("AWS::Lambda::Function")) as [
    { Properties: { Environment: { Variables: object } } },
  ];
  expect(Object.keys(Properties.Environment.Variables)).toContain("TIDEGATE_Jobs_url");
  expect(JSON.stringify(template.findResources("AWS::IAM::Policy"))).toContain("sqs:SendMessage");
});

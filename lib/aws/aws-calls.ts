/** Whose credentials a call is signed with. `driver` is the role of the app's ReleaseDriver in the account. */
export type CallMaker = "caller" | "deploy-role" | "file-publishing-role" | "driver";

/** What a call touches, as permissions name it. */
export type CallTarget =
  | "account"
  | "bootstrap-bucket"
  | "bootstrap-roles"
  | "bootstrap-version"
  | "buses"
  | "driver-state-machine"
  | "execution-role"
  | "functions"
  | "hooks"
  | "journal"
  | "older-journal"
  | "own-identity"
  | "replaced-resources"
  | "ssm-parameters"
  | "stacks"
  | "state-machines"
  | "topics";

/** One call that `lib/deploy`, `lib/release` or `lib/driver` makes. */
export interface AwsCall {
  /** The SDK's client: `@aws-sdk/client-<service>`. */
  readonly service: string;
  /** The operation's name at AWS: the SDK's command without `Command`. */
  readonly operation: string;
  /** Who makes it. Never more than one of the three that act from the terminal; `driver` may come on top. */
  readonly madeBy: readonly CallMaker[];
  /** IAM actions that the caller needs. Empty where AWS needs none. */
  readonly actions: readonly string[];
  readonly on: CallTarget;
  /** Why it is made, as the documentation prints it. */
  readonly purpose: string;
  /** Every deploy depends on it. Without it, some deploys go through all the same. */
  readonly isVital?: true;
}

const CALLER = ["caller"] as const;
const CALLER_OR_DRIVER = ["caller", "driver"] as const;
const DEPLOY_ROLE = ["deploy-role"] as const;
const STACK_UPDATE = ["deploy-role", "driver"] as const;

/**
 * Every call of `lib/deploy`, `lib/release` and `lib/driver`, and who makes it. The bootstrap's deploy role has
 * CloudFormation, `iam:PassRole` of the execution role, the asset bucket and the bootstrap version, and nothing else:
 * bootstraps before version 31 name its CloudFormation actions one by one, without `ListStackResources` and
 * `CancelUpdateStack`, so these two are the caller's.
 * https://github.com/aws/aws-cdk-cli/blob/main/packages/aws-cdk/lib/api/bootstrap/bootstrap-template.yaml
 */
export const AWS_CALLS: readonly AwsCall[] = [
  call("sts", "GetCallerIdentity", CALLER, [], "account", "find the account"),
  call("sts", "AssumeRole", CALLER, ["sts:AssumeRole"], "bootstrap-roles", "act as the bootstrap's roles"),
  call("iam", "GetRole", CALLER, ["iam:GetRole"], "own-identity", "find the caller's role"),
  call(
    "iam",
    "SimulatePrincipalPolicy",
    CALLER,
    ["iam:SimulatePrincipalPolicy"],
    "own-identity",
    "check the caller's permissions before anything is touched",
  ),
  call("ssm", "GetParameter", DEPLOY_ROLE, ["ssm:GetParameter"], "bootstrap-version", "check the bootstrap's version"),
  call(
    "ssm",
    "GetParameters",
    CALLER,
    ["ssm:GetParameters"],
    "ssm-parameters",
    "see whether an SSM-typed parameter has another value",
  ),
  ...publishing(),
  ...stackCalls(),
  ...journalCalls(),
  ...functionCalls(),
  ...stateMachineCalls(),
  ...deletions(),
  call("cloudwatch", "DescribeAlarms", CALLER_OR_DRIVER, ["cloudwatch:DescribeAlarms"], "account", "read alarms"),
  call("cloudwatch", "GetMetricData", CALLER_OR_DRIVER, ["cloudwatch:GetMetricData"], "account", "judge versions"),
  call("cloudwatch-logs", "FilterLogEvents", CALLER, ["logs:FilterLogEvents"], "functions", "explain failures"),
  call("sns", "Publish", CALLER_OR_DRIVER, ["sns:Publish"], "topics", "notify topics"),
  call("eventbridge", "PutEvents", CALLER_OR_DRIVER, ["events:PutEvents"], "buses", "notify event buses"),
];

function call(
  service: string,
  operation: string,
  madeBy: readonly CallMaker[],
  actions: readonly string[],
  on: CallTarget,
  purpose: string,
): AwsCall {
  return { service, operation, madeBy, actions, on, purpose };
}

function vital(row: AwsCall): AwsCall {
  return { ...row, isVital: true };
}

function publishing(): AwsCall[] {
  const role = ["file-publishing-role"] as const;
  return [
    vital(
      call(
        "s3",
        "HeadObject",
        role,
        ["s3:GetObject", "s3:ListBucket"],
        "bootstrap-bucket",
        "find assets that are there",
      ),
    ),
    vital(call("s3", "PutObject", role, ["s3:PutObject"], "bootstrap-bucket", "upload assets")),
  ];
}

function stackCalls(): AwsCall[] {
  const own = (operation: string, madeBy: readonly CallMaker[], purpose: string, also: readonly string[] = []) =>
    call("cloudformation", operation, madeBy, [`cloudformation:${operation}`, ...also], "stacks", purpose);
  return [
    vital(own("DescribeStacks", STACK_UPDATE, "read a stack's state, parameters and outputs")),
    vital(own("DescribeStackEvents", STACK_UPDATE, "follow an update")),
    vital(own("GetTemplate", STACK_UPDATE, "compare with the deployed template, and read what a stage held back")),
    call(
      "cloudformation",
      "DescribeStacks",
      CALLER,
      ["cloudformation:DescribeStacks", "cloudformation:ListStacks"],
      "account",
      "find the app's stacks where there is no assembly",
    ),
    own("GetTemplate", CALLER, "read what they say of the release"),
    vital(own("ListStackResources", CALLER, "find functions, aliases and hooks by their logical ids")),
    vital(own("CreateChangeSet", STACK_UPDATE, "prepare an update", ["iam:PassRole", "ssm:GetParameters"])),
    vital(own("DescribeChangeSet", STACK_UPDATE, "read what an update changes")),
    vital(own("ExecuteChangeSet", STACK_UPDATE, "update a stack")),
    own("DeleteChangeSet", STACK_UPDATE, "discard an update"),
    own("CancelUpdateStack", CALLER, "take an update back when the user stops"),
    own("DeleteStack", DEPLOY_ROLE, "destroy a stack, or one whose creation failed", ["iam:PassRole"]),
    own("UpdateTerminationProtection", DEPLOY_ROLE, "follow the stack's termination protection"),
  ];
}

function journalCalls(): AwsCall[] {
  return [
    vital(call("s3", "GetObject", CALLER_OR_DRIVER, ["s3:GetObject", "s3:ListBucket"], "journal", "read the journal")),
    vital(call("s3", "PutObject", CALLER_OR_DRIVER, ["s3:PutObject"], "journal", "write the journal")),
    call("s3", "GetObject", CALLER, ["s3:GetObjectVersion"], "journal", "read an earlier version of a lost journal"),
    call("s3", "ListObjectVersions", CALLER, ["s3:ListBucketVersions"], "journal", "find one"),
    call(
      "s3",
      "GetObject",
      CALLER,
      ["s3:GetObject", "s3:ListBucket"],
      "older-journal",
      "find the journal of an older version of Tidegate",
    ),
    call("s3", "ListObjectsV2", CALLER, ["s3:ListBucket"], "older-journal", "move it to its own bucket"),
    call("s3", "PutObject", CALLER, ["s3:PutObject"], "older-journal", "mark it as moved"),
  ];
}

function functionCalls(): AwsCall[] {
  const own = (operation: string, purpose: string) =>
    call("lambda", operation, CALLER_OR_DRIVER, [`lambda:${operation}`], "functions", purpose);
  return [
    vital(own("GetAlias", "read what is live")),
    vital(own("UpdateAlias", "move traffic")),
    own("GetFunctionConfiguration", "compare two versions before they share an alias"),
    own("GetProvisionedConcurrencyConfig", "see provisioned concurrency of an alias or a version"),
    own("ListProvisionedConcurrencyConfigs", "see provisioned concurrency of versions"),
    own(
      "PutProvisionedConcurrencyConfig",
      "put it back before a version takes traffic again, and change that of a version whose function stays",
    ),
    own("DeleteProvisionedConcurrencyConfig", "release it from versions without traffic"),
    own("ListVersionsByFunction", "find versions"),
    own("ListAliases", "see which versions are referred to"),
    own("ListDurableExecutionsByFunction", "keep versions with executions in flight"),
    own("DeleteFunction", "prune versions"),
    call(
      "lambda",
      "GetFunction",
      CALLER,
      ["lambda:GetFunction"],
      "functions",
      "compare versions with what is deployed",
    ),
    call("lambda", "PublishVersion", CALLER, ["lambda:PublishVersion"], "functions", "publish what differs"),
    call(
      "lambda",
      "UpdateFunctionCode",
      CALLER,
      ["lambda:UpdateFunctionCode"],
      "functions",
      "save from `tidegate dev`, and bring the stack's code back after it",
    ),
    vital(call("lambda", "Invoke", CALLER_OR_DRIVER, ["lambda:InvokeFunction"], "hooks", "call hooks")),
    call("lambda", "Invoke", CALLER_OR_DRIVER, ["lambda:InvokeFunction"], "functions", "wake Inactive versions"),
  ];
}

function stateMachineCalls(): AwsCall[] {
  const own = (operation: string, purpose: string) =>
    call("sfn", operation, CALLER_OR_DRIVER, [`states:${operation}`], "state-machines", purpose);
  const machine = (operation: string, purpose: string) =>
    call("sfn", operation, CALLER, [`states:${operation}`], "state-machines", purpose);
  return [
    vital(own("DescribeStateMachineAlias", "read what is live")),
    vital(own("UpdateStateMachineAlias", "move traffic")),
    own("ListStateMachineVersions", "find versions"),
    own("ListStateMachineAliases", "see which versions are referred to"),
    own("DeleteStateMachineVersion", "prune versions"),
    own("ListExecutions", "judge versions"),
    machine("DescribeStateMachine", "compare versions with what is deployed"),
    machine("PublishStateMachineVersion", "publish what differs"),
    call("sfn", "StartExecution", CALLER, ["states:StartExecution"], "driver-state-machine", "hand a release over"),
  ];
}

/** What a stage replaced is unknown to CloudFormation, and deleted after the promotion. */
function deletions(): AwsCall[] {
  const own = (service: string, operation: string, action: string) =>
    call(service, operation, CALLER, [action], "replaced-resources", "delete what a release replaced");
  return [
    own("dynamodb", "DeleteTable", "dynamodb:DeleteTable"),
    own("eventbridge", "DeleteEventBus", "events:DeleteEventBus"),
    own("kinesis", "DeleteStream", "kinesis:DeleteStream"),
    own("lambda", "DeleteEventSourceMapping", "lambda:DeleteEventSourceMapping"),
    own("cloudwatch-logs", "DeleteLogGroup", "logs:DeleteLogGroup"),
    own("s3", "DeleteBucket", "s3:DeleteBucket"),
    own("secrets-manager", "DeleteSecret", "secretsmanager:DeleteSecret"),
    own("sns", "Unsubscribe", "sns:Unsubscribe"),
    own("sns", "DeleteTopic", "sns:DeleteTopic"),
    own("sqs", "DeleteQueue", "sqs:DeleteQueue"),
    own("ssm", "DeleteParameter", "ssm:DeleteParameter"),
  ];
}

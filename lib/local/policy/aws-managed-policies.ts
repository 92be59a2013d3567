/** A statement as AWS publishes it. */
type Written = Readonly<Record<string, unknown>>;

const LOGS = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"];
const allow = (...Action: string[]): Written => ({ Effect: "Allow", Action, Resource: "*" });

const CODE_DEPLOY: readonly Written[] = [
  {
    Action: ["s3:GetObject", "s3:GetObjectVersion"],
    Resource: "arn:aws:s3:::*/CodeDeploy/*",
    Effect: "Allow",
  },
  {
    Action: ["s3:GetObject", "s3:GetObjectVersion"],
    Resource: "*",
    Condition: { StringEquals: { "s3:ExistingObjectTag/UseWithCodeDeploy": "true" } },
    Effect: "Allow",
  },
  {
    Action: ["lambda:InvokeFunction"],
    Resource: "arn:aws:lambda:*:*:function:CodeDeployHook_*",
    Effect: "Allow",
  },
];
const CODE_DEPLOY_ACTIONS = [
  "cloudwatch:DescribeAlarms",
  "lambda:UpdateAlias",
  "lambda:GetAlias",
  "lambda:GetProvisionedConcurrencyConfig",
];

/** Of the some 1,500 actions of ReadOnlyAccess those of the services that the local cloud supports. */
const READ_ONLY: readonly string[] = [
  "apigateway:GET",
  "cloudformation:Describe*",
  "cloudformation:Detect*",
  "cloudformation:Estimate*",
  "cloudformation:Get*",
  "cloudformation:List*",
  "cloudwatch:Describe*",
  "cloudwatch:Get*",
  "cloudwatch:List*",
  "dynamodb:BatchGet*",
  "dynamodb:Describe*",
  "dynamodb:Get*",
  "dynamodb:List*",
  "dynamodb:PartiQLSelect",
  "dynamodb:Query",
  "dynamodb:Scan",
  "events:Describe*",
  "events:List*",
  "events:Test*",
  "iam:Generate*",
  "iam:Get*",
  "iam:List*",
  "iam:Simulate*",
  "kinesis:Describe*",
  "kinesis:Get*",
  "kinesis:List*",
  "kms:Describe*",
  "kms:Get*",
  "kms:List*",
  "lambda:Get*",
  "lambda:List*",
  "logs:Describe*",
  "logs:FilterLogEvents",
  "logs:Get*",
  "logs:List*",
  "logs:StartQuery",
  "logs:StopQuery",
  "logs:TestMetricFilter",
  "s3:DescribeJob",
  "s3:Get*",
  "s3:List*",
  "scheduler:Get*",
  "scheduler:List*",
  "secretsmanager:Describe*",
  "secretsmanager:GetResourcePolicy",
  "secretsmanager:List*",
  "sns:Check*",
  "sns:Get*",
  "sns:List*",
  "sqs:Get*",
  "sqs:List*",
  "sqs:Receive*",
  "ssm:Describe*",
  "ssm:Get*",
  "ssm:List*",
  "states:Describe*",
  "states:Get*",
  "states:List*",
  "sts:GetAccessKeyInfo",
  "sts:GetCallerIdentity",
  "sts:GetSessionToken",
];

/**
 * The documents of the AWS-managed policies that serverless apps attach, by path and name, with the version that was
 * the default in February 2026 (github.com/zoph-io/MAMIP, a daily copy of what AWS publishes).
 */
const DOCUMENTS = new Map<string, { readonly version: string; readonly statements: readonly Written[] }>([
  ["service-role/AWSLambdaBasicExecutionRole", { version: "v1", statements: [allow(...LOGS)] }],
  [
    "service-role/AWSLambdaVPCAccessExecutionRole",
    {
      version: "v3",
      statements: [
        {
          Sid: "AWSLambdaVPCAccessExecutionPermissions",
          ...allow(
            ...LOGS,
            "ec2:CreateNetworkInterface",
            "ec2:DescribeNetworkInterfaces",
            "ec2:DescribeSubnets",
            "ec2:DeleteNetworkInterface",
            "ec2:AssignPrivateIpAddresses",
            "ec2:UnassignPrivateIpAddresses",
          ),
        },
      ],
    },
  ],
  [
    "service-role/AWSLambdaSQSQueueExecutionRole",
    {
      version: "v1",
      statements: [allow("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", ...LOGS)],
    },
  ],
  [
    "service-role/AWSLambdaDynamoDBExecutionRole",
    {
      version: "v1",
      statements: [
        allow(
          "dynamodb:DescribeStream",
          "dynamodb:GetRecords",
          "dynamodb:GetShardIterator",
          "dynamodb:ListStreams",
          ...LOGS,
        ),
      ],
    },
  ],
  [
    "service-role/AWSLambdaKinesisExecutionRole",
    {
      version: "v2",
      statements: [
        allow(
          "kinesis:DescribeStream",
          "kinesis:DescribeStreamSummary",
          "kinesis:GetRecords",
          "kinesis:GetShardIterator",
          "kinesis:ListShards",
          "kinesis:ListStreams",
          "kinesis:SubscribeToShard",
          ...LOGS,
        ),
      ],
    },
  ],
  [
    "service-role/AWSLambdaRole",
    { version: "v1", statements: [{ Effect: "Allow", Action: ["lambda:InvokeFunction"], Resource: ["*"] }] },
  ],
  [
    "service-role/AmazonAPIGatewayPushToCloudWatchLogs",
    {
      version: "v1",
      statements: [
        allow(
          "logs:CreateLogGroup",
          "logs:CreateLogStream",
          "logs:DescribeLogGroups",
          "logs:DescribeLogStreams",
          "logs:PutLogEvents",
          "logs:GetLogEvents",
          "logs:FilterLogEvents",
        ),
      ],
    },
  ],
  [
    "service-role/AWSCodeDeployRoleForLambda",
    {
      version: "v3",
      statements: [{ Action: [...CODE_DEPLOY_ACTIONS, "sns:Publish"], Resource: "*", Effect: "Allow" }, ...CODE_DEPLOY],
    },
  ],
  [
    "service-role/AWSCodeDeployRoleForLambdaLimited",
    { version: "v1", statements: [{ Action: CODE_DEPLOY_ACTIONS, Resource: "*", Effect: "Allow" }, ...CODE_DEPLOY] },
  ],
  [
    "AWSXRayDaemonWriteAccess",
    {
      version: "v2",
      statements: [
        {
          Sid: "AWSXRayDaemonWriteAccess",
          Effect: "Allow",
          Action: [
            "xray:PutTraceSegments",
            "xray:PutTelemetryRecords",
            "xray:GetSamplingRules",
            "xray:GetSamplingTargets",
            "xray:GetSamplingStatisticSummaries",
          ],
          Resource: ["*"],
        },
      ],
    },
  ],
  [
    "CloudWatchLambdaInsightsExecutionRolePolicy",
    {
      version: "v1",
      statements: [
        { Effect: "Allow", Action: "logs:CreateLogGroup", Resource: "*" },
        {
          Effect: "Allow",
          Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
          Resource: "arn:aws:logs:*:*:log-group:/aws/lambda-insights:*",
        },
      ],
    },
  ],
  [
    "CloudWatchLogsFullAccess",
    {
      version: "v3",
      statements: [
        {
          Action: ["logs:*", "cloudwatch:GenerateQuery", "cloudwatch:GenerateQueryResultsSummary"],
          Resource: "*",
          Effect: "Allow",
          Sid: "CloudWatchLogsFullAccess",
        },
      ],
    },
  ],
  [
    "AmazonS3ReadOnlyAccess",
    {
      version: "v3",
      statements: [allow("s3:Get*", "s3:List*", "s3:Describe*", "s3-object-lambda:Get*", "s3-object-lambda:List*")],
    },
  ],
  ["AmazonS3FullAccess", { version: "v2", statements: [allow("s3:*", "s3-object-lambda:*")] }],
  [
    "PowerUserAccess",
    {
      version: "v12",
      statements: [
        { NotAction: ["iam:*", "organizations:*", "account:*"], Resource: "*", Effect: "Allow" },
        {
          Action: [
            "account:GetAccountInformation",
            "account:GetGovCloudAccountInformation",
            "account:GetPrimaryEmail",
            "account:ListRegions",
            "iam:CreateServiceLinkedRole",
            "iam:DeleteServiceLinkedRole",
            "iam:ListRoles",
            "organizations:DescribeEffectivePolicy",
            "organizations:DescribeOrganization",
          ],
          Resource: "*",
          Effect: "Allow",
        },
      ],
    },
  ],
  ["AdministratorAccess", { version: "v1", statements: [{ Effect: "Allow", Action: "*", Resource: "*" }] }],
  [
    "AWSCloudFormationReadOnlyAccess",
    {
      version: "v4",
      statements: [
        allow(
          "cloudformation:Describe*",
          "cloudformation:EstimateTemplateCost",
          "cloudformation:Get*",
          "cloudformation:List*",
          "cloudformation:ValidateTemplate",
          "cloudformation:Detect*",
        ),
      ],
    },
  ],
  ["ReadOnlyAccess", { version: "v1", statements: [allow(...READ_ONLY)] }],
]);

const ARN = /^arn:aws:iam::aws:policy\/((?:[\w+=,.@-]+\/)*)([\w+=,.@-]{1,128})$/;

/** An AWS-managed policy: the document is missing where it is none of the few that are carried. */
export interface AwsManagedPolicy {
  readonly arn: string;
  readonly name: string;
  readonly path: string;
  readonly version: string;
  readonly document?: string;
}

/** The AWS-managed policy with this ARN, if it can be one. */
export function findAwsManagedPolicy(arn: string): AwsManagedPolicy | undefined {
  const [, folder = "", name] = ARN.exec(arn) ?? [];
  if (name === undefined) return undefined;
  const known = DOCUMENTS.get(folder + name);
  const policy = { arn, name, path: `/${folder}`, version: known?.version ?? "v1" };
  if (known === undefined) return policy;
  return { ...policy, document: JSON.stringify({ Version: "2012-10-17", Statement: known.statements }, null, 4) };
}

/** All that are carried with their documents. */
export function listAwsManagedPolicies(): AwsManagedPolicy[] {
  return [...DOCUMENTS.keys()].sort().map((name) => findAwsManagedPolicy(`arn:aws:iam::aws:policy/${name}`)!);
}

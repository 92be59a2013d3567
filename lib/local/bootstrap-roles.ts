const ACCOUNT = { Ref: "AWS::AccountId" };

/**
 * The roles of the CDK's bootstrap template with exactly its policies, for an environment that trusts no other account
 * and uses the key that S3 manages. A test compares them with the template that `aws-cdk` ships.
 */
export function bootstrapRoles(): Record<string, object> {
  return {
    FilePublishingRole: role("file-publishing"),
    FilePublishingRoleDefaultPolicy: policyOf("FilePublishingRole", "file-publishing", filePublishing()),
    ImagePublishingRole: role("image-publishing"),
    ImagePublishingRoleDefaultPolicy: policyOf("ImagePublishingRole", "image-publishing", imagePublishing()),
    LookupRole: role("lookup", {
      ManagedPolicyArns: [awsManaged("ReadOnlyAccess")],
      Policies: [{ PolicyName: "LookupRolePolicy", PolicyDocument: document([dontReadSecrets()]) }],
    }),
    DeploymentActionRole: role("deploy", {
      ManagedPolicyArns: [awsManaged("AWSCloudFormationReadOnlyAccess")],
      Policies: [{ PolicyName: "default", PolicyDocument: document(deployment()) }],
    }),
    CloudFormationExecutionRole: executionRole(),
  };
}

function role(name: string, further: object = {}): object {
  return {
    Type: "AWS::IAM::Role",
    Properties: {
      RoleName: sub(`cdk-\${Qualifier}-${name}-role-\${AWS::AccountId}-\${AWS::Region}`),
      AssumeRolePolicyDocument: {
        Statement: [
          {
            Action: "sts:AssumeRole",
            Effect: "Allow",
            Principal: { AWS: ACCOUNT },
            Condition: { Null: { "sts:ExternalId": "true" } },
          },
          { Action: "sts:TagSession", Effect: "Allow", Principal: { AWS: ACCOUNT } },
        ],
      },
      Tags: [{ Key: "aws-cdk:bootstrap-role", Value: name }],
      ...further,
    },
  };
}

function executionRole(): object {
  return {
    Type: "AWS::IAM::Role",
    Properties: {
      RoleName: sub("cdk-${Qualifier}-cfn-exec-role-${AWS::AccountId}-${AWS::Region}"),
      AssumeRolePolicyDocument: {
        Statement: [
          { Action: "sts:AssumeRole", Effect: "Allow", Principal: { Service: "cloudformation.amazonaws.com" } },
        ],
        Version: "2012-10-17",
      },
      ManagedPolicyArns: [awsManaged("AdministratorAccess")],
    },
  };
}

function policyOf(Role: string, name: string, statements: readonly object[]): object {
  return {
    Type: "AWS::IAM::Policy",
    Properties: {
      PolicyDocument: document(statements),
      Roles: [{ Ref: Role }],
      PolicyName: sub(`cdk-\${Qualifier}-${name}-role-default-policy-\${AWS::AccountId}-\${AWS::Region}`),
    },
  };
}

function filePublishing(): object[] {
  return [
    {
      Action: [
        "s3:GetObject*",
        "s3:GetBucket*",
        "s3:GetEncryptionConfiguration",
        "s3:List*",
        "s3:DeleteObject*",
        "s3:PutObject*",
        "s3:Abort*",
      ],
      Resource: [sub("${StagingBucket.Arn}"), sub("${StagingBucket.Arn}/*")],
      Condition: { StringEquals: { "aws:ResourceAccount": [sub("${AWS::AccountId}")] } },
      Effect: "Allow",
    },
    {
      Action: USE_KEY,
      Effect: "Allow",
      Resource: sub("arn:${AWS::Partition}:kms:${AWS::Region}:${AWS::AccountId}:key/AWS_MANAGED_KEY"),
    },
  ];
}

function imagePublishing(): object[] {
  return [
    {
      Action: [
        "ecr:PutImage",
        "ecr:InitiateLayerUpload",
        "ecr:UploadLayerPart",
        "ecr:CompleteLayerUpload",
        "ecr:BatchCheckLayerAvailability",
        "ecr:DescribeRepositories",
        "ecr:DescribeImages",
        "ecr:BatchGetImage",
        "ecr:GetDownloadUrlForLayer",
      ],
      Resource: sub(
        "arn:${AWS::Partition}:ecr:${AWS::Region}:${AWS::AccountId}:repository/cdk-${Qualifier}-container-assets-${AWS::AccountId}-${AWS::Region}",
      ),
      Effect: "Allow",
    },
    { Action: ["ecr:GetAuthorizationToken"], Resource: "*", Effect: "Allow" },
  ];
}

function dontReadSecrets(): object {
  return { Sid: "DontReadSecrets", Effect: "Deny", Action: ["kms:Decrypt"], Resource: "*" };
}

function deployment(): object[] {
  return [...deployPermissions(), ...pipelinePermissions(), ...cliPermissions()];
}

function deployPermissions(): object[] {
  return [
    {
      Sid: "DeployPermissions",
      Effect: "Allow",
      Action: [
        "cloudformation:CreateChangeSet",
        "cloudformation:DeleteChangeSet",
        "cloudformation:ExecuteChangeSet",
        "cloudformation:CreateStack",
        "cloudformation:UpdateStack",
        "cloudformation:RollbackStack",
        "cloudformation:ContinueUpdateRollback",
      ],
      Resource: "*",
    },
  ];
}

function pipelinePermissions(): object[] {
  return [
    {
      Sid: "PipelineCrossAccountArtifactsBucket",
      Effect: "Allow",
      Action: ["s3:GetObject*", "s3:GetBucket*", "s3:List*", "s3:Abort*", "s3:DeleteObject*", "s3:PutObject*"],
      Resource: "*",
      Condition: { StringNotEquals: { "s3:ResourceAccount": ACCOUNT } },
    },
    {
      Sid: "PipelineCrossAccountArtifactsKey",
      Effect: "Allow",
      Action: USE_KEY,
      Resource: "*",
      Condition: { StringEquals: { "kms:ViaService": sub("s3.${AWS::Region}.amazonaws.com") } },
    },
    { Action: "iam:PassRole", Resource: sub("${CloudFormationExecutionRole.Arn}"), Effect: "Allow" },
  ];
}

function cliPermissions(): object[] {
  return [
    {
      Sid: "CliPermissions",
      Action: ["cloudformation:DeleteStack", "cloudformation:UpdateTerminationProtection", "sts:GetCallerIdentity"],
      Resource: "*",
      Effect: "Allow",
    },
    {
      Sid: "CliStagingBucket",
      Effect: "Allow",
      Action: ["s3:GetObject*", "s3:GetBucket*", "s3:List*"],
      Resource: [sub("${StagingBucket.Arn}"), sub("${StagingBucket.Arn}/*")],
    },
    {
      Sid: "ReadVersion",
      Effect: "Allow",
      Action: ["ssm:GetParameter", "ssm:GetParameters"],
      Resource: [sub("arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter${CdkBootstrapVersion}")],
    },
    {
      Sid: "Refactor",
      Effect: "Allow",
      Action: ["cloudformation:CreateStackRefactor", "cloudformation:ExecuteStackRefactor"],
      Resource: "*",
    },
  ];
}

const USE_KEY = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*"];

function awsManaged(name: string): object {
  return sub(`arn:\${AWS::Partition}:iam::aws:policy/${name}`);
}

function document(Statement: readonly object[]): object {
  return { Statement, Version: "2012-10-17" };
}

function sub(text: string): object {
  return { "Fn::Sub": text };
}

/** The version of the CDK's bootstrap template that this one stands for: that of the CDK CLI which the tests use. */
const BOOTSTRAP_VERSION = "33";

const DESCRIPTION = "This stack includes resources needed to deploy AWS CDK apps into this environment";

/**
 * The CDK's bootstrap, as far as it means something here: the asset bucket, the roles that the CDK CLI assumes, and the
 * version. Left out: the KMS key, the image repository, and the bucket policy that refuses plain HTTP (loopback is
 * plain HTTP). Names and outputs are those of the CDK's own template.
 */
export function bootstrapTemplate(): Record<string, unknown> {
  return {
    Description: DESCRIPTION,
    Parameters: {
      Qualifier: {
        Type: "String",
        Default: "hnb659fds",
        Description: "An identifier to distinguish multiple bootstrap stacks",
      },
      BootstrapVariant: {
        Type: "String",
        Default: "AWS CDK: Default Resources",
        Description: "Describe the provenance of the resources in this bootstrap stack.",
      },
    },
    Resources: {
      StagingBucket: stagingBucket(),
      FilePublishingRole: role("file-publishing"),
      ImagePublishingRole: role("image-publishing"),
      LookupRole: {
        ...role("lookup", { ManagedPolicyArns: [sub("arn:${AWS::Partition}:iam::aws:policy/ReadOnlyAccess")] }),
      },
      DeploymentActionRole: role("deploy", { Policies: [deployPolicy()] }),
      CloudFormationExecutionRole: executionRole(),
      FilePublishingRoleDefaultPolicy: filePublishingPolicy(),
      CdkBootstrapVersion: {
        Type: "AWS::SSM::Parameter",
        Properties: { Type: "String", Name: sub("/cdk-bootstrap/${Qualifier}/version"), Value: BOOTSTRAP_VERSION },
      },
    },
    Outputs: {
      BucketName: {
        Description: "The name of the S3 bucket owned by the CDK toolkit stack",
        Value: sub("${StagingBucket}"),
      },
      BucketDomainName: {
        Description: "The domain name of the S3 bucket owned by the CDK toolkit stack",
        Value: sub("${StagingBucket.RegionalDomainName}"),
      },
      BootstrapVersion: {
        Description: "The version of the bootstrap resources that are currently mastered in this stack",
        Value: BOOTSTRAP_VERSION,
      },
    },
  };
}

function sub(text: string): object {
  return { "Fn::Sub": text };
}

function stagingBucket(): object {
  return {
    Type: "AWS::S3::Bucket",
    UpdateReplacePolicy: "Retain",
    DeletionPolicy: "Retain",
    Properties: {
      BucketName: sub("cdk-${Qualifier}-assets-${AWS::AccountId}-${AWS::Region}"),
      VersioningConfiguration: { Status: "Enabled" },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
    },
  };
}

function role(name: string, more: object = {}): { Type: string; Properties: Record<string, unknown> } {
  const Principal = { AWS: { Ref: "AWS::AccountId" } };
  return {
    Type: "AWS::IAM::Role",
    Properties: {
      RoleName: sub(`cdk-\${Qualifier}-${name}-role-\${AWS::AccountId}-\${AWS::Region}`),
      AssumeRolePolicyDocument: {
        Version: "2012-10-17",
        Statement: [{ Action: ["sts:AssumeRole", "sts:TagSession"], Effect: "Allow", Principal }],
      },
      Tags: [{ Key: "aws-cdk:bootstrap-role", Value: name }],
      ...more,
    },
  };
}

function executionRole(): object {
  return {
    Type: "AWS::IAM::Role",
    Properties: {
      RoleName: sub("cdk-${Qualifier}-cfn-exec-role-${AWS::AccountId}-${AWS::Region}"),
      AssumeRolePolicyDocument: {
        Version: "2012-10-17",
        Statement: [
          { Action: "sts:AssumeRole", Effect: "Allow", Principal: { Service: "cloudformation.amazonaws.com" } },
        ],
      },
      ManagedPolicyArns: [sub("arn:${AWS::Partition}:iam::aws:policy/AdministratorAccess")],
    },
  };
}

function deployPolicy(): object {
  return {
    PolicyName: "default",
    PolicyDocument: {
      Version: "2012-10-17",
      Statement: [
        statement("*", "cloudformation:*", "sts:GetCallerIdentity"),
        statement(
          sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:role/cdk-${Qualifier}-cfn-exec-role-*"),
          "iam:PassRole",
        ),
        statement(
          [sub("${StagingBucket.Arn}"), sub("${StagingBucket.Arn}/*")],
          "s3:GetObject*",
          "s3:GetBucket*",
          "s3:List*",
        ),
        statement(
          sub(
            "arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter/cdk-bootstrap/${Qualifier}/version",
          ),
          "ssm:GetParameter",
          "ssm:GetParameters",
        ),
      ],
    },
  };
}

function filePublishingPolicy(): object {
  return {
    Type: "AWS::IAM::Policy",
    Properties: {
      PolicyName: sub("cdk-${Qualifier}-file-publishing-role-default-policy-${AWS::AccountId}-${AWS::Region}"),
      Roles: [{ Ref: "FilePublishingRole" }],
      PolicyDocument: {
        Version: "2012-10-17",
        Statement: [
          statement(
            [sub("${StagingBucket.Arn}"), sub("${StagingBucket.Arn}/*")],
            "s3:GetObject*",
            "s3:GetBucket*",
            "s3:GetEncryptionConfiguration",
            "s3:List*",
            "s3:DeleteObject*",
            "s3:PutObject*",
            "s3:Abort*",
          ),
        ],
      },
    },
  };
}

function statement(Resource: unknown, ...Action: string[]): object {
  return { Effect: "Allow", Action, Resource };
}

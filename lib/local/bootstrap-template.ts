import { bootstrapRoles } from "./bootstrap-roles.ts";

/** The version of the CDK's bootstrap template that this one replaces: that of the CDK CLI in the tests. */
const BOOTSTRAP_VERSION = "33";

const DESCRIPTION = "This stack includes resources needed to deploy AWS CDK apps into this environment";

/**
 * The CDK's bootstrap, as far as it means something here: the asset bucket, the roles that the CDK CLI assumes, and the
 * version. Left out: the KMS key (S3's own is used, as `cdk bootstrap` does without options) and the image repository.
 * Names, policies and outputs are those of the CDK's own template.
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
      StagingBucketPolicy: stagingBucketPolicy(),
      ...bootstrapRoles(),
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

function stagingBucketPolicy(): object {
  return {
    Type: "AWS::S3::BucketPolicy",
    Properties: {
      Bucket: { Ref: "StagingBucket" },
      PolicyDocument: {
        Id: "AccessControl",
        Version: "2012-10-17",
        Statement: [
          {
            Sid: "AllowSSLRequestsOnly",
            Action: "s3:*",
            Effect: "Deny",
            Resource: [sub("${StagingBucket.Arn}"), sub("${StagingBucket.Arn}/*")],
            Condition: { Bool: { "aws:SecureTransport": "false" } },
            Principal: "*",
          },
        ],
      },
    },
  };
}

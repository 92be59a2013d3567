import type { Construct } from "constructs";
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { ILogGroupRef } from "aws-cdk-lib/aws-logs";
import { logStreamsArn } from "./log-group-arn.ts";

/** What decides over the rights of a function before anything is granted to it. */
export interface FunctionRoleProps {
  /** The only log group that it may write to. */
  readonly logGroup: ILogGroupRef;
  readonly tracing: boolean;
  readonly inVpc: boolean;
}

/** An execution role of a function's own: it may write its log, send its traces, and use its network interfaces. */
export function functionRole(scope: Construct, id: string, { logGroup, tracing, inVpc }: FunctionRoleProps): Role {
  const statements = [
    new PolicyStatement({
      actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
      resources: [logStreamsArn(logGroup)],
    }),
    // X-Ray and the actions on network interfaces have no resources:
    // https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html
    ...(tracing ? [onAnything("xray:PutTraceSegments", "xray:PutTelemetryRecords")] : []),
    ...(inVpc ? [networkInterfaces()] : []),
  ];
  return new Role(scope, id, {
    assumedBy: new ServicePrincipal("lambda.amazonaws.com"),
    inlinePolicies: { Run: new PolicyDocument({ statements }) },
  });
}

function networkInterfaces(): PolicyStatement {
  return onAnything(
    "ec2:CreateNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:DeleteNetworkInterface",
    "ec2:AssignPrivateIpAddresses",
    "ec2:UnassignPrivateIpAddresses",
  );
}

function onAnything(...actions: string[]): PolicyStatement {
  return new PolicyStatement({ actions, resources: ["*"] });
}

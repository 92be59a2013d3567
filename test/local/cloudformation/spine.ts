import type { CloudFormationClient } from "@aws-sdk/client-cloudformation";
import {
  CreateChangeSetCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  ExecuteChangeSetCommand,
  type CreateChangeSetCommandInput,
  type Stack,
  type StackEvent,
} from "@aws-sdk/client-cloudformation";

/** The stack as it is once no operation is under way; `nameOrId` of a deleted stack must be its ARN. */
export async function settledStack(client: CloudFormationClient, nameOrId: string): Promise<Stack> {
  const deadline = performance.now() + 20_000;
  for (;;) {
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: nameOrId }));
    const stack = Stacks![0]!;
    if (!stack.StackStatus!.endsWith("_IN_PROGRESS") || stack.StackStatus === "REVIEW_IN_PROGRESS") return stack;
    if (performance.now() > deadline) throw new Error(`${nameOrId} is still ${stack.StackStatus}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Makes a change set, executes it, and waits for the end. */
export async function deploy(
  client: CloudFormationClient,
  StackName: string,
  template: unknown,
  options: Partial<CreateChangeSetCommandInput> = {},
): Promise<Stack> {
  const ChangeSetName = `c${Math.random().toString(36).slice(2)}`;
  const { StackId } = await client.send(
    new CreateChangeSetCommand({
      StackName,
      ChangeSetName,
      TemplateBody: typeof template === "string" ? template : JSON.stringify(template),
      Capabilities: ["CAPABILITY_NAMED_IAM"],
      ...options,
    }),
  );
  await client.send(new ExecuteChangeSetCommand({ StackName, ChangeSetName }));
  return settledStack(client, StackId!);
}

/** Every event of a stack, oldest first. */
export async function eventsOf(client: CloudFormationClient, StackName: string): Promise<StackEvent[]> {
  const events: StackEvent[] = [];
  let NextToken: string | undefined;
  do {
    const page = await client.send(new DescribeStackEventsCommand({ StackName, NextToken }));
    events.push(...page.StackEvents!);
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return events.toReversed();
}

/** One line an event: logical id, status, and the reason where there is one. */
export function eventLines(events: readonly StackEvent[]): string[] {
  return events.map((event) =>
    [event.LogicalResourceId, event.ResourceStatus, event.ResourceStatusReason]
      .filter((part) => part !== undefined)
      .join(" | "),
  );
}

/** The smallest app with everything a release needs: a function behind an alias behind an HTTP API, and a table. */
export function spineTemplate(
  options: { code?: string; memory?: number; version?: string; greeting?: string } = {},
): Record<string, unknown> {
  const version = `Version${options.version ?? "1"}`;
  return {
    Resources: {
      Role: {
        Type: "AWS::IAM::Role",
        Properties: {
          AssumeRolePolicyDocument: {
            Version: "2012-10-17",
            Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
          },
          ManagedPolicyArns: [
            { "Fn::Sub": "arn:${AWS::Partition}:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole" },
          ],
        },
      },
      Policy: {
        Type: "AWS::IAM::Policy",
        Properties: {
          PolicyName: "TableAccess",
          PolicyDocument: {
            Version: "2012-10-17",
            Statement: [{ Effect: "Allow", Action: "dynamodb:*", Resource: { "Fn::GetAtt": ["Table", "Arn"] } }],
          },
          Roles: [{ Ref: "Role" }],
        },
      },
      Table: {
        Type: "AWS::DynamoDB::Table",
        Properties: {
          BillingMode: "PAY_PER_REQUEST",
          AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
          KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
        },
      },
      Logs: { Type: "AWS::Logs::LogGroup", Properties: { RetentionInDays: 7 } },
      Function: {
        Type: "AWS::Lambda::Function",
        DependsOn: ["Policy"],
        Properties: {
          Code: { ZipFile: options.code ?? 'exports.handler = async () => "one"' },
          Handler: "index.handler",
          Runtime: "nodejs22.x",
          MemorySize: options.memory ?? 128,
          Role: { "Fn::GetAtt": ["Role", "Arn"] },
          LoggingConfig: { LogGroup: { Ref: "Logs" } },
          Environment: { Variables: { TABLE: { Ref: "Table" }, GREETING: options.greeting ?? "hello" } },
        },
      },
      [version]: { Type: "AWS::Lambda::Version", Properties: { FunctionName: { Ref: "Function" } } },
      Alias: {
        Type: "AWS::Lambda::Alias",
        Properties: {
          FunctionName: { Ref: "Function" },
          Name: "live",
          FunctionVersion: { "Fn::GetAtt": [version, "Version"] },
        },
      },
      Api: { Type: "AWS::ApiGatewayV2::Api", Properties: { Name: "spine", ProtocolType: "HTTP" } },
      Stage: {
        Type: "AWS::ApiGatewayV2::Stage",
        Properties: { ApiId: { Ref: "Api" }, StageName: "$default", AutoDeploy: true },
      },
      Integration: {
        Type: "AWS::ApiGatewayV2::Integration",
        Properties: {
          ApiId: { Ref: "Api" },
          IntegrationType: "AWS_PROXY",
          IntegrationUri: { Ref: "Alias" },
          PayloadFormatVersion: "2.0",
        },
      },
      Route: {
        Type: "AWS::ApiGatewayV2::Route",
        Properties: {
          ApiId: { Ref: "Api" },
          RouteKey: "GET /",
          Target: { "Fn::Join": ["", ["integrations/", { Ref: "Integration" }]] },
        },
      },
      Permission: {
        Type: "AWS::Lambda::Permission",
        Properties: {
          Action: "lambda:InvokeFunction",
          FunctionName: { Ref: "Alias" },
          Principal: "apigateway.amazonaws.com",
          SourceArn: {
            "Fn::Sub": "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/*/*/",
          },
        },
      },
      CDKMetadata: { Type: "AWS::CDK::Metadata", Properties: { Analytics: "v2:deflate64:H4s" } },
    },
    Outputs: {
      Url: { Value: { "Fn::Sub": "https://${Api}.execute-api.${AWS::Region}.${AWS::URLSuffix}/" } },
      AliasArn: { Value: { Ref: "Alias" }, Export: { Name: { "Fn::Sub": "${AWS::StackName}-alias" } } },
      FunctionName: { Value: { Ref: "Function" } },
    },
  };
}

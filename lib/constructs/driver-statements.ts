import { CfnParameter, Fn, Lazy, Stack, Stage } from "aws-cdk-lib";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { IConstruct } from "constructs";
import { DEFAULT_QUALIFIER, journalBucketName, journalPrefix } from "../assembly/journal-names.ts";
import { ReleaseRegistry, type RegistryContents } from "./release-registry.ts";
import { releaseTerms } from "./release-terms.ts";

interface Party {
  readonly stack: Stack;
  readonly contents: RegistryContents;
}

/** Actions on functions, their versions and aliases: reading, moving, pruning. */
const FUNCTION_ACTIONS = [
  "lambda:DeleteFunction",
  "lambda:DeleteProvisionedConcurrencyConfig",
  "lambda:GetAlias",
  "lambda:GetFunctionConfiguration",
  "lambda:GetProvisionedConcurrencyConfig",
  "lambda:ListAliases",
  "lambda:ListDurableExecutionsByFunction",
  "lambda:ListProvisionedConcurrencyConfigs",
  "lambda:ListVersionsByFunction",
  "lambda:PutProvisionedConcurrencyConfig",
  "lambda:UpdateAlias",
];

const MACHINE_ACTIONS = [
  "states:DeleteStateMachineVersion",
  "states:DescribeStateMachineAlias",
  "states:ListExecutions",
  "states:ListStateMachineAliases",
  "states:ListStateMachineVersions",
  "states:UpdateStateMachineAlias",
];

const STACK_ACTIONS = [
  "cloudformation:CreateChangeSet",
  "cloudformation:DeleteChangeSet",
  "cloudformation:DescribeChangeSet",
  "cloudformation:DescribeStackEvents",
  "cloudformation:DescribeStacks",
  "cloudformation:ExecuteChangeSet",
  "cloudformation:GetTemplate",
];

/**
 * What a driver in the account may do. In its own stack it names each function; of the app's other stacks it names
 * what CloudFormation calls `<stack>-…`, since a reference would tie the stacks together. `assetBucket` is where the app's
 * templates are.
 */
export function driverStatements(scope: IConstruct, assetBucket: string): PolicyStatement[] {
  const own = Stack.of(scope);
  const arns = (produce: () => string[]) => Lazy.list({ produce: () => orNone(own, produce()) });
  const each = (list: (party: Party) => string[]) => arns(() => parties(scope).flatMap(list));
  const journals = journalBucketArns(scope);
  const templates = Fn.join("", [`arn:${own.partition}:s3:::`, assetBucket, "/*.json"]);
  return [
    new PolicyStatement({ actions: FUNCTION_ACTIONS, resources: each((party) => functionArns(party, own)) }),
    new PolicyStatement({ actions: MACHINE_ACTIONS, resources: each((party) => machineArns(party, own)) }),
    new PolicyStatement({ actions: ["lambda:InvokeFunction"], resources: each((party) => invokedArns(party, own)) }),
    new PolicyStatement({ actions: STACK_ACTIONS, resources: arns(() => stacksOf(scope).flatMap(stackArns)) }),
    // CreateChangeSet reads SSM-typed parameters as its caller.
    new PolicyStatement({
      actions: ["ssm:GetParameters"],
      resources: arns(() => stacksOf(scope).flatMap(ssmParameterArns)),
    }),
    // A template that is too large to go with the call is read from S3 as the caller of CreateChangeSet.
    new PolicyStatement({ actions: ["s3:GetObject"], resources: [templates] }),
    new PolicyStatement({
      actions: ["s3:GetObject", "s3:PutObject"],
      resources: journals.map((bucket) => `${bucket}/${journalPrefix(releaseTerms(scope).app)}*`),
    }),
    // Without it, S3 answers 403 for an object that is not there.
    new PolicyStatement({ actions: ["s3:ListBucket"], resources: journals }),
    new PolicyStatement({ actions: ["sns:Publish"], resources: each((party) => subscriberArns(party, own, "topic")) }),
    new PolicyStatement({
      actions: ["events:PutEvents"],
      resources: each((party) => subscriberArns(party, own, "event-bus")),
    }),
    // Metrics and alarms have no resources that can be named before they exist:
    // https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatch.html
    new PolicyStatement({ actions: ["cloudwatch:DescribeAlarms", "cloudwatch:GetMetricData"], resources: ["*"] }),
  ];
}

/** All stacks that are deployed together with this one, without the nested ones in them. */
function stacksOf(scope: IConstruct): Stack[] {
  const root = Stage.of(scope) ?? scope.node.root;
  return root.node
    .findAll()
    .filter((one) => Stack.isStack(one))
    .filter((stack) => Stage.of(stack) === Stage.of(scope) && stack.nestedStackParent === undefined);
}

/** Those that have a part in the release. */
function parties(scope: IConstruct): Party[] {
  return stacksOf(scope)
    .map((stack) => ({ stack, contents: ReleaseRegistry.of(stack).contents() }))
    .filter(({ contents }) => contents.members.length + contents.hooks.length > 0);
}

function functionArns({ stack, contents }: Party, own: Stack): string[] {
  const functions = contents.members.filter(({ kind }) => kind === "function");
  if (functions.length === 0) return [];
  if (stack !== own) return [byStackName(stack, "lambda", "function:")];
  return functions.flatMap(({ resource }) => withVersions(Fn.getAtt(resource, "Arn").toString()));
}

function machineArns({ stack, contents }: Party, own: Stack): string[] {
  const machines = contents.members.filter(({ kind }) => kind === "state-machine");
  if (machines.length === 0) return [];
  if (stack !== own) return machines.map(({ resource }) => byLogicalId(stack, resource));
  return machines.flatMap(({ resource }) => withVersions(Fn.ref(resource)));
}

/** Hooks, and the versions of members: smoke tests call them, and an invocation wakes one that is Inactive. */
function invokedArns({ stack, contents }: Party, own: Stack): string[] {
  const functions = contents.members.filter(({ kind }) => kind === "function");
  if (contents.hooks.length + functions.length === 0) return [];
  if (stack !== own) return [byStackName(stack, "lambda", "function:")];
  const arn = ({ resource }: { readonly resource: string }) => Fn.getAtt(resource, "Arn").toString();
  return [...contents.hooks.map(arn), ...functions.map((member) => `${arn(member)}:*`)];
}

function subscriberArns({ stack, contents }: Party, own: Stack, kind: "topic" | "event-bus"): string[] {
  return contents.notifications
    .filter((one) => one.kind === kind)
    .map(({ resource, arn }) => {
      if (resource === undefined) return Fn.sub(arn ?? "");
      if (stack !== own)
        return byStackName(stack, kind === "topic" ? "sns" : "events", kind === "topic" ? "" : "event-bus/");
      return kind === "topic" ? Fn.ref(resource) : Fn.getAtt(resource, "Arn").toString();
    });
}

function withVersions(arn: string): string[] {
  return [arn, `${arn}:*`];
}

/** CloudFormation makes names `<stack>-<logical id>-<random>`, and cuts long stacks' names. */
function byStackName(stack: Stack, service: string, prefix: string): string {
  return `arn:${stack.partition}:${service}:${stack.region}:${stack.account}:${prefix}${stack.stackName.slice(0, 20)}*`;
}

/** State machines are named `<logical id>-<random>`, without their stack. A version's ARN begins with its machine's. */
function byLogicalId(stack: Stack, logicalId: string): string {
  return `arn:${stack.partition}:states:${stack.region}:${stack.account}:stateMachine:${logicalId}-*`;
}

/** The parameters that the stack's template reads, the bootstrap's version among them, by their default names. */
function ssmParameterArns(stack: Stack): string[] {
  const declared = stack.node
    .findAll()
    .filter((one) => one instanceof CfnParameter)
    .filter(({ type }) => type.startsWith("AWS::SSM::Parameter::"))
    .map((one): unknown => one.default);
  const names = [
    `/cdk-bootstrap/${qualifierOf(stack)}/version`,
    ...declared.filter((name) => typeof name === "string"),
  ];
  const place = `arn:${stack.partition}:ssm:${stack.region}:${stack.account}:parameter/`;
  return [...new Set(names.map((name) => `${place}${name.replace(/^\//, "")}`))];
}

/** The stack, and its nested stacks, which CloudFormation calls `<stack>-…`: their change sets are looked into. */
function stackArns(stack: Stack): string[] {
  const place = `arn:${stack.partition}:cloudformation:${stack.region}:${stack.account}:stack/${stack.stackName}`;
  const hasNested = stack.node.findAll().some((one) => Stack.isStack(one) && one.nestedStackParent === stack);
  return hasNested ? [`${place}/*`, `${place}-*/*`] : [`${place}/*`];
}

/** The journal of an app is in one bucket. Stacks with different qualifiers leave open which one. */
function journalBucketArns(scope: IConstruct): string[] {
  const arns = stacksOf(scope).map((stack) => {
    const bucket = journalBucketName(qualifierOf(stack), stack.account, stack.region);
    return `arn:${stack.partition}:s3:::${bucket}`;
  });
  return [...new Set(arns)];
}

function qualifierOf(stack: Stack): string {
  return stack.synthesizer.bootstrapQualifier ?? DEFAULT_QUALIFIER;
}

/** IAM requires a resource in each statement: without any, this is one that never exists. */
function orNone(stack: Stack, arns: readonly string[]): string[] {
  return arns.length > 0
    ? [...new Set(arns)]
    : [`arn:${stack.partition}:lambda:${stack.region}:${stack.account}:function:none`];
}

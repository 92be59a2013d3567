import type { Template, TemplateResource } from "../../assembly/assembly.ts";

/** Where a stack's resources are, and what its template makes. */
export interface NamedStack {
  readonly stackName: string;
  readonly account: string;
  readonly region: string;
  readonly partition: string;
  readonly template: Template;
  /**
   * Names of resources that exist, by their logical ids. ARNs then have these names, and likely ones for the others,
   * instead of patterns.
   */
  readonly physicalNames?: ReadonlyMap<string, string>;
}

/** How CloudFormation names a type's resources, and how their ARNs look. */
interface NamingRule {
  readonly type: string;
  /** The property that holds a name of the template's own. */
  readonly nameProperty: string;
  /** Names that CloudFormation makes begin with the stack's name, except where a rule says otherwise. */
  readonly generated?: (logicalId: string, stackName: string) => readonly string[];
  readonly arn: (name: string, stack: NamedStack) => readonly string[];
}

const arnIn = (service: string, prefix: string) => (name: string, stack: NamedStack) => [
  `arn:${stack.partition}:${service}:${stack.region}:${stack.account}:${prefix}${name}`,
];

/** As the types' pages of the CloudFormation user guide give their `Ref` and their generated names. */
const RULES: readonly NamingRule[] = [
  {
    type: "AWS::Lambda::Function",
    nameProperty: "FunctionName",
    arn: (name, stack) => withQualified(arnIn("lambda", "function:")(name, stack)),
  },
  {
    type: "AWS::StepFunctions::StateMachine",
    nameProperty: "StateMachineName",
    generated: (logicalId) => [`${logicalId}-*`],
    arn: (name, stack) => withQualified(arnIn("states", "stateMachine:")(name, stack)),
  },
  { type: "AWS::SNS::Topic", nameProperty: "TopicName", arn: arnIn("sns", "") },
  { type: "AWS::SQS::Queue", nameProperty: "QueueName", arn: arnIn("sqs", "") },
  {
    type: "AWS::Events::EventBus",
    nameProperty: "Name",
    // A bus needs a name in the template: the CDK's begin with the stack's path.
    generated: (_logicalId, stackName) => [`${stackName.slice(0, SHARED_LENGTH)}*`],
    arn: arnIn("events", "event-bus/"),
  },
  { type: "AWS::DynamoDB::Table", nameProperty: "TableName", arn: arnIn("dynamodb", "table/") },
  { type: "AWS::DynamoDB::GlobalTable", nameProperty: "TableName", arn: arnIn("dynamodb", "table/") },
  { type: "AWS::Kinesis::Stream", nameProperty: "Name", arn: arnIn("kinesis", "stream/") },
  { type: "AWS::Logs::LogGroup", nameProperty: "LogGroupName", arn: arnIn("logs", "log-group:") },
  {
    type: "AWS::S3::Bucket",
    nameProperty: "BucketName",
    generated: (_logicalId, stackName) => [namedAfter(stackName).toLowerCase()],
    arn: (name, { partition }) => [`arn:${partition}:s3:::${name}`],
  },
  {
    type: "AWS::SecretsManager::Secret",
    nameProperty: "Name",
    generated: (logicalId, stackName) => [`${logicalId}*`, namedAfter(stackName)],
    // Secrets Manager adds a hyphen and six characters.
    arn: (name, stack) => arnIn("secretsmanager", "secret:")(name.endsWith("*") ? name : `${name}-??????`, stack),
  },
  {
    type: "AWS::SSM::Parameter",
    nameProperty: "Name",
    generated: (logicalId, stackName) => [`CFN-${logicalId}-*`, namedAfter(stackName)],
    arn: (name, stack) => arnIn("ssm", "parameter/")(name.replace(/^\//, ""), stack),
  },
  {
    type: "AWS::SNS::Subscription",
    nameProperty: "",
    generated: () => ["*"],
    arn: arnIn("sns", ""),
  },
  {
    type: "AWS::Lambda::EventSourceMapping",
    nameProperty: "",
    generated: () => ["*"],
    arn: arnIn("lambda", "event-source-mapping:"),
  },
];

/** CloudFormation cuts long stack names where a name would be too long. So many characters always stay. */
const SHARED_LENGTH = 20;

/** CloudFormation names resources `<stack>-<logical id>-<random>`. */
function namedAfter(stackName: string): string {
  return stackName.length <= SHARED_LENGTH ? `${stackName}-*` : `${stackName.slice(0, SHARED_LENGTH)}*`;
}

/**
 * ARNs of a resource, as far as its template shows: by its own name, or by the name that CloudFormation will generate.
 */
export function arnsOf(logicalId: string, stack: NamedStack): string[] {
  const resource = stack.template.Resources?.[logicalId];
  const rule = RULES.find(({ type }) => type === resource?.Type);
  if (resource === undefined || rule === undefined) return [];
  return namesOf(logicalId, resource, rule, stack).flatMap((name) => rule.arn(name, stack));
}

/** ARNs of all resources of some types. */
export function arnsOfTypes(types: readonly string[], stack: NamedStack): string[] {
  const ids = Object.entries(stack.template.Resources ?? {}).filter(([, { Type }]) => types.includes(Type));
  return [...new Set(ids.flatMap(([id]) => arnsOf(id, stack)))];
}

/** The same, and ARNs that such resources had under other names: by how CloudFormation or the CDK made them. */
export function formerArnsOfTypes(types: readonly string[], stack: NamedStack): string[] {
  if (stack.physicalNames !== undefined) return arnsOfTypes(types, stack);
  const found = Object.entries(stack.template.Resources ?? {}).flatMap(([id, { Type }]) => {
    const rule = types.includes(Type) ? RULES.find(({ type }) => type === Type) : undefined;
    return rule === undefined ? [] : generatedNames(id, rule, stack.stackName).flatMap((name) => rule.arn(name, stack));
  });
  return [...new Set([...arnsOfTypes(types, stack), ...found])];
}

function namesOf(
  logicalId: string,
  { Properties = {} }: TemplateResource,
  rule: NamingRule,
  { stackName, physicalNames }: NamedStack,
): readonly string[] {
  const own = Properties[rule.nameProperty];
  if (typeof own === "string") return [own];
  const known = physicalNames?.get(logicalId);
  if (known !== undefined) return [known];
  // A name that is an expression may come to anything.
  if (own !== undefined) return ["*"];
  const patterns = generatedNames(logicalId, rule, stackName);
  return physicalNames === undefined ? patterns : patterns.map((pattern) => likelyName(pattern, logicalId));
}

/** CloudFormation ends generated names with twelve random letters and digits. */
function likelyName(pattern: string, logicalId: string): string {
  const id = pattern.includes(logicalId) ? "" : `${logicalId.slice(0, SHARED_LENGTH)}-`;
  return pattern.replace("*", `${id}000000000000`);
}

function generatedNames(logicalId: string, { generated }: NamingRule, stackName: string): readonly string[] {
  return generated?.(logicalId, stackName) ?? [namedAfter(stackName)];
}

/** Versions and aliases are `<arn>:<qualifier>`. */
function withQualified(arns: readonly string[]): string[] {
  return arns.flatMap((arn) => (arn.endsWith("*") ? [arn] : [arn, `${arn}:*`]));
}
